// metav1.Condition and the condition types of VisionOps. Reasons are documented in
// docs/conditions.md; a reason is CamelCase and part of the API.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/fields.h"

namespace visionops::api {

enum class ConditionStatus { True, False, Unknown };
constexpr auto names_of(ConditionStatus) {
  using enum ConditionStatus;
  return std::to_array<Named<ConditionStatus>>({{True, "True"}, {False, "False"}, {Unknown, "Unknown"}});
}

struct Condition {
  std::string type;
  ConditionStatus status = ConditionStatus::Unknown;
  std::int64_t observed_generation = 0;
  TimePoint last_transition_time{};
  std::string reason;
  std::string message;
  bool operator==(const Condition&) const = default;

  static const Table<Condition>& fields();
};

namespace condition {
// kstatus and kubectl wait
inline constexpr std::string_view kReady = "Ready";
inline constexpr std::string_view kReconciling = "Reconciling";
inline constexpr std::string_view kStalled = "Stalled";
inline constexpr std::string_view kSuspended = "Suspended";
inline constexpr std::string_view kComplete = "Complete";
inline constexpr std::string_view kFailed = "Failed";
// per kind
inline constexpr std::string_view kSourceReachable = "SourceReachable";    // Dataset
inline constexpr std::string_view kQualityGate = "QualityGate";            // Dataset
inline constexpr std::string_view kInputsReady = "InputsReady";            // Pipeline, TrainingJob
inline constexpr std::string_view kDatasetReady = "DatasetReady";          // Pipeline
inline constexpr std::string_view kGpuAvailable = "GPUAvailable";          // TrainingJob
inline constexpr std::string_view kQueued = "Queued";                      // TrainingJob
inline constexpr std::string_view kTelemetryHealthy = "TelemetryHealthy";  // TrainingJob
inline constexpr std::string_view kAlerting = "Alerting";                  // TrainingJob
}  // namespace condition

/// Sets or replaces the condition of c.type; the transition time moves only when the status does.
/// Messages are cut to 1,024 bytes.
void set_condition(std::vector<Condition>& conditions, Condition c, TimePoint now);
const Condition* find_condition(const std::vector<Condition>& conditions, std::string_view type);
bool is_true(const std::vector<Condition>& conditions, std::string_view type);
/// Removes a condition that no longer applies.
void clear_condition(std::vector<Condition>& conditions, std::string_view type);

}  // namespace visionops::api
