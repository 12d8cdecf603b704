// The two telemetry formats: lines that a worker writes into $VISIONOPS_POD_DIR/telemetry.jsonl,
// and the message that the sidecar POSTs to the operator ($VISIONOPS_TELEMETRY_URL).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/fields/fields.h"
#include "worker/contract/run_result.h"
#include "worker/contract/run_spec.h"
#include "worker/contract/stage.h"

namespace visionops::contract {

inline constexpr const char* kTelemetryFile = "telemetry.jsonl";
inline constexpr std::size_t kMaxTelemetryLine = 64 * 1024;
inline constexpr std::size_t kMaxTelemetryMessage = 64 * 1024;
inline constexpr std::size_t kMaxMetricNames = 64;

/// Work done so far. `done` never goes backwards within a stage of one attempt.
struct Progress {
  std::string stage;  ///< the name of a Stage; of a newer worker perhaps another
  std::int64_t done = 0;
  std::int64_t total = 0;
  std::int32_t epoch = 0;
  std::int32_t epochs = 0;

  static const Table<Progress>& fields();
};

struct MetricPoint {
  std::string name;  ///< at most 64 characters
  double value = 0;  ///< finite; NaN and infinity travel as an event line
  std::int64_t step = 0;
  std::int32_t epoch = 0;
  TimePoint at{};

  static const Table<MetricPoint>& fields();
};

/// What a framework calls a metric, as a name that may travel: other characters become '_', and it is cut.
std::string metric_name(std::string_view text);

/// A file the trainer finished (written atomically) and the sidecar shall store.
struct CheckpointWritten {
  std::string file;  ///< name inside $VISIONOPS_POD_DIR/checkpoints
  std::int32_t epoch = 0;
  std::map<std::string, double> metrics;
  bool best = false;
  bool final = false;
  bool resumable = true;  ///< false: the model alone, from which no run can go on

  static const Table<CheckpointWritten>& fields();
};

/// One JSON line of the worker; exactly one member is set.
struct TelemetryLine {
  TimePoint at{};
  std::optional<Progress> progress;
  std::optional<MetricPoint> metric;
  std::optional<CheckpointWritten> checkpoint;
  std::string event;  ///< free text for people, at most 1 KiB

  static const Table<TelemetryLine>& fields();
};

struct ResourceSample {
  TimePoint at{};
  double cpu_seconds = 0;  ///< of the trainer since its start
  std::int64_t memory_bytes = 0;
  std::int32_t gpu_index = -1;  ///< -1: no GPU
  std::string gpu_name;
  double gpu_utilization_ratio = -1;  ///< -1: unknown
  std::int64_t gpu_memory_bytes = 0;
  double gpu_power_watts = 0;
  double gpu_temperature_celsius = 0;

  static const Table<ResourceSample>& fields();
};

/// Replays are harmless: (owner.uid, run, attempt, pod, sequence) identifies a message.
struct TelemetryMessage {
  RunOwner owner;
  std::string pod;
  std::int64_t sequence = 0;
  TimePoint sent_at{};
  std::optional<Progress> progress;
  std::vector<MetricPoint> metrics;
  std::vector<StoredCheckpoint> checkpoints;
  std::vector<ResourceSample> samples;
  std::vector<std::string> events;
  bool final = false;  ///< nothing follows

  static const Table<TelemetryMessage>& fields();
};

std::string encode(const TelemetryLine& line);  ///< one line without '\n'
std::string encode(const TelemetryMessage& message);
/// nullopt for anything malformed or oversized; lines and messages are untrusted.
std::optional<TelemetryLine> decode_telemetry_line(const std::string& text);
std::optional<TelemetryMessage> decode_telemetry_message(const std::string& text, Problems& problems);

}  // namespace visionops::contract
