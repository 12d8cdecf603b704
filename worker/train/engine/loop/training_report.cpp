#include "worker/train/engine/loop/training_report.h"

#include <fmt/format.h>

#include <ostream>

namespace visionops::train {

void TrainingReport::remark(const std::string& text) {
  environment_.out << text << std::endl;
  environment_.telemetry.event(text);
}

void TrainingReport::started(const TrainingSetup& setup) {
  const auto& lesson = setup.learner->lesson();
  const auto& network = setup.learner->network();
  for (const auto& text : lesson.remarks) remark(text);
  remark(fmt::format("{} with {:.2f} million weights for {}, on {} with {} threads", setup.run.model,
                     static_cast<double>(network.weights()) / 1e6, lesson.learns, network.device(),
                     setup.network.threads));
  remark("Trains on " + lesson.train + (lesson.val.empty() ? ", without validation" : ", validates on " + lesson.val) +
         (lesson.test.empty() ? "" : ", tests on " + lesson.test));
  for (const auto& text : lesson.advice) remark(text);
  if (setup.network.gpu && network.device() == "cpu") {
    remark("A GPU was asked for, but none can be used here: training on the CPU");
  }
}

void TrainingReport::step(const TrainingSetup& setup, std::int32_t epochs_done, std::int64_t step_in_epoch) {
  contract::Progress progress;
  progress.stage = enum_name(contract::Stage::Training);
  progress.done = epochs_done * setup.steps_per_epoch + step_in_epoch;
  progress.total = setup.run.epochs * setup.steps_per_epoch;
  progress.epoch = epochs_done;
  progress.epochs = setup.run.epochs;
  environment_.telemetry.progress(progress);
}

void TrainingReport::evaluating(std::int32_t epoch, std::int32_t epochs, std::int64_t done, std::int64_t total) {
  contract::Progress progress{std::string(enum_name(contract::Stage::Evaluation)), done, total, epoch, epochs};
  environment_.telemetry.progress(progress);
}

void TrainingReport::epoch(const TrainingSetup& setup, std::int32_t epoch, const std::map<std::string, double>& metrics,
                           std::chrono::duration<double> time) {
  for (const auto& [name, value] : metrics) {
    environment_.telemetry.metric({name, value, epoch * setup.steps_per_epoch, epoch, {}});
  }
  std::string line = fmt::format("Epoch {}/{}", epoch, setup.run.epochs);
  const auto show = [&](std::string_view name) {
    const auto it = metrics.find(std::string(name));
    if (it != metrics.end()) line += fmt::format("  {} {:.3f}", name, it->second);
  };
  show("loss");
  for (const auto& metric : setup.facts->metrics) show(metric.name);
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
