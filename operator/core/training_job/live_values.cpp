#include "operator/core/training_job/live_values.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "operator/runtimes/runtime.h"

namespace visionops::core {

namespace {

constexpr std::size_t kMaxMetrics = 32;

api::CheckpointRecord to_record(const contract::StoredCheckpoint& stored, bool final) {
  return {stored.path, stored.sha256, stored.bytes, stored.epoch, final};
}

void show_progress(api::TrainingJobStatus& s, double part) {
  s.progress_percent = static_cast<std::int32_t>(std::clamp(part, 0.0, 1.0) * 100);
  s.progress = std::to_string(s.progress_percent) + "%";
}

/// Work done in epochs, from 0 to `epochs`: epochs count from 1, and an evaluation belongs to its end.
double epochs_done(const contract::Progress& p) {
  if (p.epoch < 1) return 0;
  const double part = p.total > 0 ? static_cast<double>(p.done) / static_cast<double>(p.total) : 0;
  return p.stage == enum_name(contract::Stage::Evaluation) ? p.epoch : p.epoch - 1 + std::clamp(part, 0.0, 1.0);
}

void take_progress(api::TrainingJobStatus& s, const TrainingTelemetry& t) {
  if (!t.progress) return;
  s.epoch = t.progress->epoch;
  s.epochs = t.progress->epochs;
  const double done = epochs_done(*t.progress);
  if (s.epochs > 0) show_progress(s, done / s.epochs);
  if (!t.seconds_per_epoch || s.epochs <= 0) return;
  s.eta_seconds = std::llround(std::max(s.epochs - done, 0.0) * std::clamp(*t.seconds_per_epoch, 0.0, 1e9));
  s.eta = format_age(std::chrono::seconds(s.eta_seconds));
}

void show_best(api::TrainingJobStatus& s, const std::string& metric, double value, std::int32_t epoch) {
  s.best = api::BestMetric{metric, value, epoch};
  s.best_summary = metric + " " + short_number(value) + " @ " + std::to_string(epoch);
}

void take_best(api::TrainingJobStatus& s, const TrainingTelemetry& t, const BestRule& rule) {
  const auto point = t.latest.find(rule.metric);
  if (point == t.latest.end()) return;
  const double value = point->second.value;
  const bool better =
      !s.best || s.best->metric != rule.metric || (rule.max ? value > s.best->value : value < s.best->value);
  if (better) show_best(s, rule.metric, value, point->second.epoch);
}

template <class Values, class ValueOf>
std::map<std::string, double> first_metrics(const Values& values, ValueOf value_of) {
  std::map<std::string, double> out;
  for (const auto& [name, value] : values) {
    if (out.size() < kMaxMetrics && std::isfinite(value_of(value))) out.emplace(name, value_of(value));
  }
  return out;
}

}  // namespace

BestRule best_rule(const api::TrainingJobSpec& spec) {
  if (spec.early_stopping) return {spec.early_stopping->metric, spec.early_stopping->mode == MetricMode::Max};
  const auto* runtime = runtimes::find(spec.runtime);
  const auto* model = runtime ? runtimes::find_model(*runtime, spec.model, spec.task) : nullptr;
  if (model && !model->best_metric.empty()) return {model->best_metric, model->best_mode == MetricMode::Max};
  if (!runtime) return {};
  const auto task = runtime->tasks.find(std::string(enum_name(spec.task)));
  if (task == runtime->tasks.end()) return {};
  return {task->second.best_metric, task->second.best_mode == MetricMode::Max};
}

void take_telemetry(api::TrainingJobStatus& s, const TrainingTelemetry& t, const BestRule& best) {
  const auto before = std::tuple(s.epoch, s.progress_percent, s.metrics, s.checkpoint, s.gpu);
  take_progress(s, t);
  if (!t.latest.empty()) s.metrics = first_metrics(t.latest, [](const contract::MetricPoint& p) { return p.value; });
  take_best(s, t, best);
  if (t.checkpoint) s.checkpoint = to_record(*t.checkpoint, false);
  if (!t.gpu.empty()) s.gpu = t.gpu;
  if (before != std::tuple(s.epoch, s.progress_percent, s.metrics, s.checkpoint, s.gpu)) s.telemetry_at = t.heartbeat;
}

void take_result(api::TrainingJobStatus& s, const contract::TrainFacts& facts) {
  s.epoch = facts.epochs;
  s.epochs = std::max(s.epochs, facts.epochs);
  show_progress(s, 1.0);
  s.eta_seconds = 0;
  s.eta.clear();
  if (!facts.metrics.empty()) s.metrics = first_metrics(facts.metrics, [](double v) { return v; });
  if (!facts.best_metric.empty()) show_best(s, facts.best_metric, facts.best_value, facts.best_epoch);
  // Within the bounds of the field: a trainer's word must not make the status invalid.
  const bool sane = facts.image_size >= 32 && facts.image_size <= 16384;
  if (sane && s.resolved && s.resolved->hyperparameters) {
    s.resolved->hyperparameters->image_size = facts.image_size;
  }
  if (facts.last) s.checkpoint = to_record(*facts.last, true);
  if (facts.model) s.model = to_record(*facts.model, facts.last && facts.last->sha256 == facts.model->sha256);
}

}  // namespace visionops::core
