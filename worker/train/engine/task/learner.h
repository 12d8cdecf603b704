// What the engine asks of a task while it trains: batches, steps, figures. Everything that is equal for every network
// (saving, resuming, averages, sums of losses) is TrainedNetwork's.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "worker/train/engine/network/trained_network.h"

namespace visionops::train {

/// Training samples ready for a step; the learner that made them knows what is in them.
struct Batch {
  virtual ~Batch() = default;
};

/// What a model is measured on.
enum class Part { Val, Test };

/// By telemetry name.
using Metrics = std::map<std::string, double>;

/// Whom an evaluation tells what it does.
struct EvaluationWatch {
  std::function<void(std::int64_t done, std::int64_t total)> progress;
  std::function<void(const std::string&)> remark;
};

/// What is decided before the first step.
struct Lesson {
  std::string design;        ///< JSON of what decides the shapes of the weights; weights travel between equal designs
  std::int64_t samples = 0;  ///< of the training set
  std::int32_t image_size = 0;        ///< side of the network's input in pixels; 0: it takes no images
  bool reads_while_training = false;  ///< files of the Datasets are read after the first step has begun
  // For people.
  std::string learns;                ///< "3 categories, input 64 x 64 pixels"
  std::string train, val, test;      ///< each set, "24 images with 40 objects"; empty: there is none
  std::vector<std::string> remarks;  ///< what was left out of the data
  std::vector<std::string> advice;   ///< what could be set better
};

class Learner {
 public:
  virtual ~Learner() = default;

  [[nodiscard]] virtual const Lesson& lesson() const = 0;
  virtual TrainedNetwork& network() = 0;

  /// Called from several threads at once. Drawn from (seed, epoch, sample) alone, so that a resumed run gets the same.
  /// `epoch` counts from 1, `samples` are indexes below lesson().samples.
  [[nodiscard]] virtual Result<std::unique_ptr<Batch>> prepare(std::int32_t epoch,
                                                               std::span<const std::uint32_t> samples) const = 0;
  /// One optimiser step with a batch of its own prepare().
  virtual Status step(const Batch& batch, double learning_rate) = 0;
  /// Of the averaged weights, on a set that the run has; empty when nothing in it counts. Test is asked for once, last.
  virtual Result<Metrics> evaluate(Part part, const EvaluationWatch& watch) = 0;
};

}  // namespace visionops::train
