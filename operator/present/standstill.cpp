#include "operator/present/standstill.h"

#include <algorithm>

#include "operator/present/columns.h"
#include "operator/present/settlement.h"

namespace visionops::commands {

namespace {

constexpr std::size_t kMostNames = 5;
constexpr const char* kReason = "ClusterStopped";

bool is_over(const cluster::Pod& pod) {
  return pod.phase == cluster::PodPhase::Succeeded || pod.phase == cluster::PodPhase::Failed;
}

bool is_over(const cluster::Job& job) { return job.status.complete || job.status.failed_condition || job.spec.suspend; }

Rest rest_of(const cluster::Object& object) {
  return std::visit(
      [&]<class T>(const T& typed) {
        if constexpr (requires { is_over(typed); }) return is_over(typed) ? Rest::Done : Rest::Moving;
        return settlement_of(object).rest;
      },
      object);
}

std::string last_phase(const cluster::Object& object) {
  return std::visit(
      []<class T>(const T& typed) -> std::string {
        if constexpr (api::Resource<T>) return std::string(enum_name(typed.status.phase));
        return "not ended";
      },
      object);
}

/// Those that are True while somebody works, and say nothing once nobody does.
bool tells_of_work(std::string_view type) {
  namespace c = api::condition;
  return type == c::kReconciling || type == c::kTelemetryHealthy || type == c::kGpuAvailable || type == c::kQueued;
}

/// Why it was not Ready stays the reason of what waits.
void stop(std::vector<api::Condition>& conditions, const Standstill& standstill, const std::string& message,
          bool halted) {
  for (auto& condition : conditions) {
    const bool work = tells_of_work(condition.type) && condition.status == api::ConditionStatus::True;
    if (!work && !(halted && condition.type == api::condition::kReady)) continue;
    condition.status = work ? api::ConditionStatus::Unknown : api::ConditionStatus::False;
    condition.reason = kReason;
    condition.message = message;
    condition.last_transition_time = standstill.since.value_or(condition.last_transition_time);
  }
}

template <class T>
void halt(T& object, const Standstill& standstill, const std::string& words, bool halted) {
  if constexpr (api::Resource<T>) {
    stop(object.status.conditions, standstill, "nobody works on it: " + words, halted);
    if (!halted) return;
    object.status.message =
        "nobody works on it: " + words + (object.status.message.empty() ? "" : "; before: " + object.status.message);
  }
}

void halt(cluster::Pod& pod, const Standstill& /*standstill*/, const std::string& words, bool /*halted*/) {
  pod.phase = cluster::PodPhase::Unknown;
  pod.reason = kReason;
  pod.message = words;
  for (auto& container : pod.containers) container.running = false;
}

}  // namespace

bool is_halted(const cluster::Object& object) { return rest_of(object) == Rest::Moving; }

bool is_left_over(const cluster::Object& object) {
  const Rest rest = rest_of(object);
  return rest == Rest::Moving || rest == Rest::Waiting;
}

std::string standstill_words(const Standstill& standstill, TimePoint now) {
  if (!standstill.holder.empty()) return "belongs to process " + standstill.holder + ", which does not answer";
  if (!standstill.since) return "has not been started yet";
  return "is stopped since " + format_time(*standstill.since) + " (" + format_age(now - *standstill.since) + " ago" +
         (standstill.in_order ? ")" : "; its process was killed, or the machine went down)");
}

cluster::Object as_halted(cluster::Object object, const Standstill& standstill) {
  if (!is_left_over(object)) return object;
  const bool halted = is_halted(object);
  std::string words = "the embedded cluster " + standstill_words(standstill, standstill.since.value_or(TimePoint{}));
  words = words.substr(0, words.find(" ("));  // what stands in a condition does not age
  std::visit([&](auto& typed) { halt(typed, standstill, words, halted); }, object);
  // No time is left of what does not run.
  if (auto* training = std::get_if<api::TrainingJob>(&object)) {
    training->status.eta.clear();
    training->status.eta_seconds = 0;
  }
  return object;
}

TableRow halted_row_of(const cluster::Object& object, const Standstill& standstill, TimePoint now, bool wide) {
  auto row = row_of(as_halted(object, standstill), now, wide);
  if (!is_halted(object) || std::holds_alternative<cluster::Pod>(object)) return row;
  const auto heads = header_of(cluster::kind_of(object), wide);
  for (std::size_t i = 0; i < std::min(heads.size(), row.size()); ++i) {
    if (heads[i] == "PHASE" || heads[i] == "STATUS") row[i] = "Stopped";
  }
  return row;
}

std::vector<std::string> standstill_note(const std::vector<cluster::Object>& objects, const Standstill& standstill,
                                         TimePoint now) {
  std::string names;
  std::size_t count = 0;
  for (const auto& object : objects) {
    if (!is_left_over(object) || ++count > kMostNames) continue;
    const auto key = cluster::key_of(object);
    names +=
        (names.empty() ? "" : ", ") + lower(kind_name(key.kind)) + "/" + key.name + " (" + last_phase(object) + ")";
  }
  if (count == 0) return {};
  if (count > kMostNames) names += " and " + std::to_string(count - kMostNames) + " more";
  return {"note: the embedded cluster in " + standstill.folder + " " + standstill_words(standstill, now) + ".",
          "note: unfinished, with the phase that was written last: " + names,
          "note: it goes on with: " + standstill.go_on};
}

}  // namespace visionops::commands
