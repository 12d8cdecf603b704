#include "operator/core/run/summary.h"

#include <algorithm>

namespace visionops::core {

using api::ConditionStatus;
namespace condition = api::condition;

void set(std::vector<api::Condition>& conditions, std::string_view type, ConditionStatus status,
         std::string_view reason, std::string message, TimePoint now) {
  api::Condition c;
  c.type = std::string(type);
  c.status = status;
  c.reason = std::string(reason);
  c.message = std::move(message);
  api::set_condition(conditions, std::move(c), now);
}

void set_summary(std::vector<api::Condition>& conditions, const Summary& summary, TimePoint now) {
  const auto when = [&](std::string_view type, bool holds) {
    if (holds) {
      set(conditions, type, ConditionStatus::True, summary.reason, summary.message, now);
    } else {
      api::clear_condition(conditions, type);
    }
  };
  set(conditions, condition::kReady,
      summary.standing == Standing::Done ? ConditionStatus::True : ConditionStatus::False, summary.reason,
      summary.message, now);
  when(condition::kReconciling, summary.standing == Standing::Progressing);
  when(condition::kStalled, summary.standing == Standing::Failed);
  when(condition::kSuspended, summary.standing == Standing::Suspended);
  when(condition::kComplete, summary.standing == Standing::Done);
  when(condition::kFailed, summary.standing == Standing::Failed);
}

void summarize(api::RunStatus& status, const Summary& summary, TimePoint now) {
  set_summary(status.conditions, summary, now);
  status.message = summary.message;
}

void restore_summary(api::RunStatus& status, Standing standing, std::string_view reason, TimePoint now) {
  if (api::find_condition(status.conditions, condition::kReady)) return;
  const std::string message = status.message.empty() ? std::string(enum_name(status.phase)) : status.message;
  summarize(status, {standing, std::string(reason), message}, now);
}

void stamp_generation(std::vector<api::Condition>& conditions, std::int64_t generation) {
  for (auto& c : conditions) c.observed_generation = generation;
}

}  // namespace visionops::core
