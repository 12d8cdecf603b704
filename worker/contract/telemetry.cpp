#include "worker/contract/telemetry.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/fields/field_table.h"

namespace visionops::contract {

namespace {

constexpr std::size_t kEventBytes = 1024;
constexpr std::size_t kMaxEvents = 64;
constexpr std::size_t kMetricName = 64;
constexpr const char* kMetricPattern = "^[A-Za-z0-9_][A-Za-z0-9_./@:()-]*$";

template <class T>
Field<T> time_field(const char* name, TimePoint T::*member, const char* doc) {
  return field_as(precise_time_type(), name, member, doc);
}

bool is_in_metric_name(char c) {
  const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  return word || std::string_view("./@:()-").find(c) != std::string_view::npos;
}

}  // namespace

std::string metric_name(std::string_view text) {
  std::string name(text.substr(0, kMetricName));
  std::ranges::replace_if(
      name, [](char c) { return !is_in_metric_name(c); }, '_');
  if (!name.empty() && std::string_view("./@:()-").find(name.front()) != std::string_view::npos) name.front() = '_';
  return name;
}

const Table<Progress>& Progress::fields() {
  static const Table<Progress> table{
      field("stage", &Progress::stage, "Stage of the work.").max_length(64),
      field("done", &Progress::done, "Units done in this stage.").min(0),
      field("total", &Progress::total, "Units of this stage; 0 when unknown.").min(0),
      field("epoch", &Progress::epoch, "Current epoch, from 1.").min(0),
      field("epochs", &Progress::epochs, "Epochs planned.").min(0),
  };
  return table;
}

const Table<MetricPoint>& MetricPoint::fields() {
  static const Table<MetricPoint> table{
      field("name", &MetricPoint::name, "Name of the metric.")
          .required()
          .min_length(1)
          .max_length(kMetricName)
          .pattern(kMetricPattern, "must begin with a letter or digit and hold only letters, digits and _./@:()-"),
      field("value", &MetricPoint::value, "A finite number.").required(),
      field("step", &MetricPoint::step, "Optimizer step.").min(0),
      field("epoch", &MetricPoint::epoch, "Epoch.").min(0),
      time_field("at", &MetricPoint::at, "When it was measured."),
  };
  return table;
}

const Table<CheckpointWritten>& CheckpointWritten::fields() {
  static const Table<CheckpointWritten> table{
      field("file", &CheckpointWritten::file, "Name inside the folder of checkpoints.")
          .required()
          .max_length(255)
          .pattern("^[A-Za-z0-9_][A-Za-z0-9_.-]*$", "must be a plain file name of letters, digits and _.-"),
      field("epoch", &CheckpointWritten::epoch, "Epoch after which it was written.").min(0),
      field("metrics", &CheckpointWritten::metrics, "Metrics of that epoch.").max_properties(kMaxMetricNames),
      field("best", &CheckpointWritten::best, "Whether it is the best so far."),
      field("final", &CheckpointWritten::final, "Whether no other follows."),
      field("resumable", &CheckpointWritten::resumable, "Whether it holds what a resume needs.").always(),
  };
  return table;
}

const Table<TelemetryLine>& TelemetryLine::fields() {
  static const Table<TelemetryLine> table{
      time_field("at", &TelemetryLine::at, "When the line was written."),
      field("progress", &TelemetryLine::progress, "Work done so far."),
      field("metric", &TelemetryLine::metric, "One measured value."),
      field("checkpoint", &TelemetryLine::checkpoint, "A finished checkpoint file."),
      field("event", &TelemetryLine::event, "Something a person should read.").max_length(kEventBytes),
  };
  return table;
}

const Table<ResourceSample>& ResourceSample::fields() {
  static const Table<ResourceSample> table{
      time_field("at", &ResourceSample::at, "When it was sampled."),
      field("cpuSeconds", &ResourceSample::cpu_seconds, "CPU time of the trainer since its start.").min(0),
      field("memoryBytes", &ResourceSample::memory_bytes, "Resident memory.").min(0),
      field("gpuIndex", &ResourceSample::gpu_index, "Index of the GPU; -1 without one.").range(-1, 1023),
      field("gpuName", &ResourceSample::gpu_name, "Name of the GPU.").max_length(128),
      field("gpuUtilizationRatio", &ResourceSample::gpu_utilization_ratio, "0..1; -1 when unknown.").range(-1, 1),
      field("gpuMemoryBytes", &ResourceSample::gpu_memory_bytes, "Memory in use on the GPU.").min(0),
      field("gpuPowerWatts", &ResourceSample::gpu_power_watts, "Power draw.").min(0),
      field("gpuTemperatureCelsius", &ResourceSample::gpu_temperature_celsius, "Temperature.").range(-100, 1000),
  };
  return table;
}

const Table<TelemetryMessage>& TelemetryMessage::fields() {
  static const Table<TelemetryMessage> table{
      field("owner", &TelemetryMessage::owner, "The run it tells of.").required(),
      field("pod", &TelemetryMessage::pod, "Name of the Pod.").required().min_length(1).max_length(253),
      field("sequence", &TelemetryMessage::sequence, "Counts up by one per message of a Pod.").always().min(0),
      time_field("sentAt", &TelemetryMessage::sent_at, "When it was sent."),
      field("progress", &TelemetryMessage::progress, "Newest progress."),
      field("metrics", &TelemetryMessage::metrics, "Measured since the last message.").max_items(1024),
      field("checkpoints", &TelemetryMessage::checkpoints, "Stored since the last message.").max_items(64),
      field("samples", &TelemetryMessage::samples, "Resource samples since the last message.").max_items(256),
      field("events", &TelemetryMessage::events, "For people.").max_items(kMaxEvents).items(kEventBytes),
      field("final", &TelemetryMessage::final, "Nothing follows."),
  };
  return table;
}

namespace {

/// The sender may be newer than the receiver.
template <class T>
T decode_bounded(const std::string& text, std::size_t limit, Problems& problems) {
  if (text.size() > limit) {
    problems.push_back({"", "is larger than " + std::to_string(limit) + " bytes"});
    return {};
  }
  return decode_newer_text<T>(text, "", problems);
}

std::string non_finite_event(const MetricPoint& metric) {
  const std::string value = std::isnan(metric.value) ? "NaN" : metric.value > 0 ? "+infinity" : "-infinity";
  return "metric " + metric.name + " is " + value + " at step " + std::to_string(metric.step) + ", epoch " +
         std::to_string(metric.epoch);
}

void drop_non_finite(std::map<std::string, double>& metrics) {
  std::erase_if(metrics, [](const auto& entry) { return !std::isfinite(entry.second); });
}

bool is_finite(const ResourceSample& s) {
  return std::isfinite(s.cpu_seconds) && std::isfinite(s.gpu_utilization_ratio) && std::isfinite(s.gpu_power_watts) &&
         std::isfinite(s.gpu_temperature_celsius);
}

}  // namespace

std::string encode(const TelemetryLine& line) {
  TelemetryLine out = line;
  if (out.metric && !std::isfinite(out.metric->value)) {
    out.event = non_finite_event(*out.metric);
    out.metric.reset();
  }
  if (out.checkpoint) drop_non_finite(out.checkpoint->metrics);
  out.event = cut_text(out.event, kEventBytes);
  return encode_text(out);
}

std::string encode(const TelemetryMessage& message) {
  TelemetryMessage out = message;
  for (const auto& metric : message.metrics) {
    if (!std::isfinite(metric.value)) out.events.push_back(non_finite_event(metric));
  }
  std::erase_if(out.metrics, [](const MetricPoint& m) { return !std::isfinite(m.value); });
  std::erase_if(out.samples, [](const ResourceSample& s) { return !is_finite(s); });
  if (out.events.size() > kMaxEvents) out.events.resize(kMaxEvents);
  for (auto& event : out.events) event = cut_text(event, kEventBytes);
  return encode_text(out);
}

std::optional<TelemetryLine> decode_telemetry_line(const std::string& text) {
  Problems problems;
  auto line = decode_bounded<TelemetryLine>(text, kMaxTelemetryLine, problems);
  const int set = int{line.progress.has_value()} + int{line.metric.has_value()} + int{line.checkpoint.has_value()} +
                  int{!line.event.empty()};
  if (!problems.empty() || set != 1) return std::nullopt;
  return line;
}

std::optional<TelemetryMessage> decode_telemetry_message(const std::string& text, Problems& problems) {
  const auto before = problems.size();
  auto message = decode_bounded<TelemetryMessage>(text, kMaxTelemetryMessage, problems);
  std::vector<std::string> names;
  for (const auto& metric : message.metrics) names.push_back(metric.name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.size() > kMaxMetricNames) {
    problems.push_back({"metrics", "has more than " + std::to_string(kMaxMetricNames) + " names"});
  }
  if (problems.size() != before) return std::nullopt;
  return message;
}

}  // namespace visionops::contract
