#include "operator/core/decision.h"

#include <algorithm>

#include "base/fields/field_doc.h"

namespace visionops::core {

void check_at(Outcome& outcome, TimePoint at, TimePoint now) {
  const Duration wait = std::max(at - now, Duration::zero());
  outcome.check_again_in = std::min(outcome.check_again_in.value_or(wait), wait);
}

void emit(Outcome& outcome, cluster::EventType type, std::string_view reason, const std::string& message) {
  constexpr std::size_t kMaxMessage = 1'000;
  outcome.events.push_back({type, std::string(reason), cut_text(message, kMaxMessage)});
}

}  // namespace visionops::core
