#include "worker/exec/follow/follower.h"

#include <algorithm>
#include <utility>

namespace visionops::exec {

namespace {

std::int32_t resumed_from(const contract::PreparedRun& prepared) {
  return prepared.checkpoint.empty() ? 0 : prepared.resumed_from_epoch;
}

HandoverRules rules_of(const contract::TrainRun& run, const contract::PreparedRun& prepared) {
  HandoverRules rules;
  rules.every = std::max(1, run.checkpoint_every);
  rules.resumed_from = resumed_from(prepared);
  rules.framework_chooses = std::ranges::any_of(run.framework->reading.checkpoints, &contract::CheckpointRule::best);
  rules.metric = run.early_stopping_metric;
  rules.higher_is_better = run.early_stopping_max;
  rules.has_earlier_best = prepared.best.has_value();
  const auto value = prepared.best_metrics.find(run.early_stopping_metric);
  if (prepared.best && value != prepared.best_metrics.end()) rules.best_value = value->second;
  return rules;
}

}  // namespace

Result<Follower> Follower::make(const contract::TrainRun& run, const contract::PreparedRun& prepared, JobFolder job,
                                PodCheckpoints pod, telemetry::TelemetryWriter& telemetry) {
  const auto& reading = run.framework->reading;
  const bool asked_for = run.framework->values.contains("epochs");  // else only its own words tell how many
  auto reader = framework::RunReader::make(reading, asked_for ? run.epochs : 0, resumed_from(prepared));
  if (!reader) return reader.error().in("train.framework.reading");
  auto names = framework::CheckpointNames::make(reading.checkpoints);
  if (!names) return names.error().in("train.framework.reading.checkpoints");
  Handover handover(
      rules_of(run, prepared), std::move(pod),
      [&telemetry](const contract::CheckpointWritten& written) { telemetry.checkpoint(written); },
      [&telemetry](const std::string& text) { telemetry.event(text); });
  return Follower(*std::move(reader), std::move(job), MetricFiles(reading.metric_files),
                  CheckpointWatch(*std::move(names)), std::move(handover), telemetry);
}

Follower::Follower(framework::RunReader reader, JobFolder job, MetricFiles files, CheckpointWatch watch,
                   Handover handover, telemetry::TelemetryWriter& telemetry)
    : reader_(std::move(reader)),
      job_(std::move(job)),
      files_(std::move(files)),
      watch_(std::move(watch)),
      handover_(std::move(handover)),
      telemetry_(&telemetry) {
  files_.skip_present(job_);
  watch_.skip_present(job_);
}

void Follower::take_output(int stream, std::string_view bytes, TimePoint at, std::int64_t lost) {
  constexpr std::string_view kEndOfLine = "\n";
  if (lost > 0) {
    for (const int each : {0, 1}) reader_.take_log(kEndOfLine, at, each);  // what was torn is no line
    telemetry_->event("The output came faster than it is read: " + std::to_string(lost) + " bytes are left out");
  }
  reader_.take_log(bytes, at, stream == 2 ? 1 : 0);
  times_.note(at, reader_.epochs_done());
}

bool Follower::look() {
  const bool files =
      files_.poll(job_, reader_, false, [this](TimePoint at) { times_.note(at, reader_.epochs_done()); });
  const bool lines = tell();
  const bool checkpoints = take_checkpoints(false);
  return files || lines || checkpoints;
}

void Follower::end(TimePoint at) {
  reader_.end_log(at);
  times_.note(at, reader_.epochs_done());
  files_.poll(job_, reader_, true, [this](TimePoint written) { times_.note(written, reader_.epochs_done()); });
  tell();
}

void Follower::take_last_checkpoints() { take_checkpoints(true); }

std::optional<Handed> Follower::finish() { return handover_.finish(job_, watch_, metrics_); }

bool Follower::tell() {
  const auto lines = reader_.take_lines();
  for (const auto& line : lines) {
    if (line.progress) telemetry_->progress(*line.progress);
    if (line.metric) {
      auto point = *line.metric;
      point.name = contract::metric_name(point.name);
      metrics_.note(point);
      telemetry_->metric(std::move(point));
    }
    if (!line.event.empty()) telemetry_->event(line.event);
  }
  for (const auto& why : files_.take_refused()) telemetry_->event("Not read: " + why);
  return !lines.empty();
}

bool Follower::take_checkpoints(bool last) {
  auto found = watch_.poll(job_, last, [this](TimePoint modified, std::int64_t step) {
    const auto by_step = step > 0 ? reader_.epoch_of_step(step) : 0;
    return by_step > 0 ? by_step : times_.of(modified);
  });
  const bool any = !found.empty();
  handover_.take(job_, watch_, std::move(found), metrics_, last);
  for (const auto& why : watch_.take_refused()) telemetry_->event("Not a whole checkpoint: " + why);
  return any;
}

}  // namespace visionops::exec
