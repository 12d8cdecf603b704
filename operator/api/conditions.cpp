#include "operator/api/conditions.h"

#include <algorithm>

#include "base/field_table.h"

namespace visionops::api {

const Table<Condition>& Condition::fields() {
  static const auto table =
      Table<Condition>{
          field("type", &Condition::type, "What the condition is about, for example Ready.").required().max_length(63),
          field("status", &Condition::status, "Whether it holds.").required(),
          field("observedGeneration", &Condition::observed_generation,
                "metadata.generation of the spec that the condition was decided from."),
          field("lastTransitionTime", &Condition::last_transition_time, "When the status last changed.").required(),
          field("reason", &Condition::reason, "Why, as a CamelCase word that programs may rely on.")
              .required()
              .max_length(128),
          field("message", &Condition::message, "Why, for a person, with the way out when there is one.")
              .required()
              .max_length(1024),
      }
          .reported();
  return table;
}

namespace {

constexpr std::size_t kMaxMessage = 1024;

auto position(const std::vector<Condition>& conditions, std::string_view type) {
  return std::find_if(conditions.begin(), conditions.end(), [type](const Condition& c) { return c.type == type; });
}

}  // namespace

void set_condition(std::vector<Condition>& conditions, Condition c, TimePoint now) {
  c.message = cut_text(c.message, kMaxMessage);
  // Times travel in seconds; a finer one would change at the next read and cost a write.
  c.last_transition_time = std::chrono::floor<std::chrono::seconds>(now);
  const auto old = position(conditions, c.type);
  if (old == conditions.end()) {
    conditions.push_back(std::move(c));
    return;
  }
  if (old->status == c.status) c.last_transition_time = old->last_transition_time;
  conditions[static_cast<std::size_t>(old - conditions.begin())] = std::move(c);
}

const Condition* find_condition(const std::vector<Condition>& conditions, std::string_view type) {
  const auto it = position(conditions, type);
  return it == conditions.end() ? nullptr : &*it;
}

bool is_true(const std::vector<Condition>& conditions, std::string_view type) {
  const Condition* c = find_condition(conditions, type);
  return c != nullptr && c->status == ConditionStatus::True;
}

void clear_condition(std::vector<Condition>& conditions, std::string_view type) {
  std::erase_if(conditions, [type](const Condition& c) { return c.type == type; });
}

}  // namespace visionops::api
