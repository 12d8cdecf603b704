#include "worker/train/engine/loop/training_report.h"

#include <fmt/format.h>

#include <ostream>

namespace visionops::train {
namespace {

std::string size_of(const DetectionSet& set) {
  return fmt::format("{} images with {} objects", set.samples.size(), set.objects);
}

}  // namespace

void TrainingReport::remark(const std::string& text) {
  environment_.out << text << std::endl;
  environment_.telemetry.event(text);
}

void TrainingReport::started(const TrainingSetup& setup, const DetectionLearner& learner) {
  for (const auto* loaded : {setup.train.get(), setup.val.get()}) {
    if (loaded == nullptr) continue;
    const char* what = loaded == setup.train.get() ? "Training set: " : "Validation set: ";
    for (const auto& text : loaded->set.remarks) remark(what + text);
  }
  const auto& s = setup.learner;
  remark(fmt::format("{} with {:.2f} million weights for {} categories, input {} x {} pixels, on {} with {} threads",
                     s.design.model, static_cast<double>(learner.weights()) / 1e6, s.design.categories.size(),
                     s.design.side, s.design.side, learner.device(), s.threads));
  remark("Trains on " + size_of(setup.train->set) +
         (setup.val ? ", validates on " + size_of(setup.val->set) : ", without validation") +
         (setup.test ? ", tests on " + size_of(*setup.test) : ""));
  if (setup.train->set.largest_side() > s.design.side && setup.run.image_size == 0) {
    remark(fmt::format("Images of up to {} pixels are shrunk to {}; set hyperparameters.imageSize for another size",
                       setup.train->set.largest_side(), s.design.side));
  }
  if (s.gpu && learner.device() == "cpu") remark("A GPU was asked for, but none can be used here: training on the CPU");
}

void TrainingReport::step(const TrainingSetup& setup, std::int32_t epochs_done, std::int64_t step_in_epoch) {
  contract::Progress progress;
  progress.stage = "Training";
  progress.done = epochs_done * setup.steps_per_epoch + step_in_epoch;
  progress.total = setup.run.epochs * setup.steps_per_epoch;
  progress.epoch = epochs_done;
  progress.epochs = setup.run.epochs;
  environment_.telemetry.progress(progress);
}

void TrainingReport::evaluating(std::int32_t epoch, std::int32_t epochs, std::int64_t done, std::int64_t total) {
  contract::Progress progress{"Evaluation", done, total, epoch, epochs};
  environment_.telemetry.progress(progress);
}

void TrainingReport::epoch(const TrainingSetup& setup, std::int32_t epoch, const std::map<std::string, double>& metrics,
                           std::chrono::duration<double> time) {
  for (const auto& [name, value] : metrics) {
    environment_.telemetry.metric({name, value, epoch * setup.steps_per_epoch, epoch, {}});
  }
  std::string line = fmt::format("Epoch {}/{}", epoch, setup.run.epochs);
  for (const char* name : {"loss", "map50", "map50_95"}) {
    if (const auto it = metrics.find(name); it != metrics.end()) line += fmt::format("  {} {:.3f}", name, it->second);
  }
  environment_.out << line << fmt::format("  {:.1f} s", time.count()) << std::endl;
}

void TrainingReport::checkpoint(const contract::CheckpointWritten& written) {
  environment_.telemetry.checkpoint(written);
}

void TrainingReport::finished(const contract::TrainFacts& facts) {
  std::string line = fmt::format("Best epoch {} by {}:", facts.best_epoch, facts.best_metric);
  for (const auto& [name, value] : facts.metrics) line += fmt::format("  {} {:.3f}", name, value);
  remark(line);
  if (facts.model)
    remark(fmt::format("Model {}, {} bytes, sha256 {}", facts.model->path, facts.model->bytes, facts.model->sha256));
}

}  // namespace visionops::train
