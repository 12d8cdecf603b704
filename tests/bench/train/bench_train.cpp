// visionops-bench-train: the built-in trainer's optimiser steps, to be measured beside PyTorch on the same weights and
// batches.
//   prepare FOLDER   writes start.pt (a checkpoint) and batches.pt, both readable by torch.load
//   run FOLDER       loads both, takes steps, prints {"seconds": per step, "losses": [of the first steps]}
#include <ATen/ATen.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>

#include "base/json.h"
#include "worker/train/engine/loop/process_setup.h"
#include "worker/train/engine/network/tensor_archive.h"
#include "worker/train/tasks/detection/learner/detection_learner.h"

namespace {

using namespace visionops;
using namespace visionops::train;

constexpr int kBatches = 4;
constexpr int kImages = 16;
constexpr int kObjects = 6;
constexpr int kFirstSteps = 5;
constexpr double kLearningRate = 0.002;

struct Options {
  std::string folder;
  int steps = 40;
  int threads = 2;
};

DetectorDesign ten_classes() {
  DetectorDesign design;
  for (int c = 0; c < 10; ++c) design.categories.push_back("class-" + std::to_string(c));
  return design;
}

NetworkSettings settings_of(const Options& options) {
  NetworkSettings settings;
  settings.seed = 1;
  settings.threads = options.threads;
  return settings;
}

/// Noise with bright boxes: the speed of a step does not depend on what is in the pictures.
DetectionBatch make_batch(const DetectorDesign& design, std::mt19937& random) {
  DetectionBatch batch;
  const auto side = static_cast<std::size_t>(design.side);
  batch.pixels.images = kImages;
  batch.pixels.pixels.resize(kImages * side * side * 3);
  for (auto& value : batch.pixels.pixels) value = static_cast<std::uint8_t>(random() % 64);
  for (std::size_t image = 0; image < kImages; ++image) {
    std::vector<TargetObject> objects;
    for (int o = 0; o < kObjects; ++o) {
      const auto w = 12 + random() % 24, h = 12 + random() % 24;
      const auto x = random() % (side - w), y = random() % (side - h);
      for (std::size_t row = y; row < y + h; ++row) {
        for (std::size_t i = (image * side + row) * side + x; i < (image * side + row) * side + x + w; ++i) {
          batch.pixels.pixels[3 * i + static_cast<std::size_t>(o) % 3] = 230;
        }
      }
      TargetObject object;
      object.category = static_cast<std::uint32_t>(random() % design.categories.size());
      object.box = {static_cast<double>(x), static_cast<double>(y), static_cast<double>(w), static_cast<double>(h)};
      objects.push_back(object);
    }
    append_targets(design.grid(), static_cast<std::int64_t>(image), objects, batch.targets);
  }
  return batch;
}

std::vector<DetectionBatch> make_batches(const DetectorDesign& design) {
  std::mt19937 random(5);
  std::vector<DetectionBatch> batches;
  for (int b = 0; b < kBatches; ++b) batches.push_back(make_batch(design, random));
  return batches;
}

template <class T>
at::Tensor tensor_of(const std::vector<T>& values, at::ScalarType type) {
  return at::from_blob(const_cast<T*>(values.data()), {std::ssize(values)}, at::TensorOptions(type)).clone();
}

std::map<std::string, at::Tensor> tensors_of(const DetectionBatch& batch) {
  const auto& t = batch.targets;
  return {{"pixels", tensor_of(batch.pixels.pixels, at::kByte)}, {"planes", tensor_of(t.planes, at::kFloat)},
          {"plane_index", tensor_of(t.plane_index, at::kLong)},  {"weight", tensor_of(t.weight, at::kFloat)},
          {"centers", tensor_of(t.centers, at::kLong)},          {"sizes", tensor_of(t.sizes, at::kFloat)},
          {"offsets", tensor_of(t.offsets, at::kFloat)}};
}

void write(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  if (!(file << bytes) || !file.flush()) throw std::runtime_error(path + ": cannot be written");
}

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return *std::move(result);
}

void prepare(const Options& options) {
  TensorArchive archive;
  const auto batches = make_batches(ten_classes());
  for (std::size_t b = 0; b < batches.size(); ++b) archive.groups["batch" + std::to_string(b)] = tensors_of(batches[b]);
  write(options.folder + "/batches.pt", must(encode(archive)));
  write(options.folder + "/start.pt",
        must(must(DetectionLearner::create(ten_classes(), settings_of(options)))->network().save("{}")));
}

void run(const Options& options) {
  const auto batches = make_batches(ten_classes());
  const auto learner = must(DetectionLearner::create(ten_classes(), settings_of(options)));
  std::ifstream file(options.folder + "/start.pt", std::ios::binary);
  const std::string start{std::istreambuf_iterator<char>(file), {}};
  if (auto loaded = learner->network().load(start); !loaded) throw std::runtime_error(loaded.error().message);
  const auto step = [&](int i) {
    auto stepped = learner->step(batches[static_cast<std::size_t>(i % kBatches)], kLearningRate);
    if (!stepped) throw std::runtime_error(stepped.error().message);
  };
  Json losses = Json::array();
  for (int i = 0; i < kFirstSteps; ++i) {
    (void)learner->network().set_losses({});
    step(i);
    losses.push_back(must(learner->network().losses()).at(kTotalLoss));
  }
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < options.steps; ++i) step(i);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::cout << dump_json({{"seconds", seconds.count() / options.steps}, {"losses", losses}}) << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  set_up_training_process(argv);
  CLI::App app{"The built-in trainer's steps"};
  Options options;
  app.require_subcommand(1);
  for (const auto& [name, call] : {std::pair{"prepare", &prepare}, std::pair{"run", &run}}) {
    auto* command = app.add_subcommand(name);
    command->add_option("FOLDER", options.folder)->required();
    command->add_option("--steps", options.steps);
    command->add_option("--threads", options.threads);
    command->callback([&options, call = call] { call(options); });
  }
  try {
    CLI11_PARSE(app, argc, argv);
  } catch (const std::exception& e) {
    std::cerr << "visionops-bench-train: " << e.what() << "\n";
    return 1;
  }
  return 0;
}
