// A reconciler is a chain of small steps over one observation. Each step either decides the rest of
// the pass (Stop) or leaves it to the next one (Continue).
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

#include "operator/core/decision.h"

namespace visionops::core {

enum class Next { Continue, Stop };

template <class Observed, class Decision>
void run_chain(std::initializer_list<Next (*)(const Observed&, Decision&)> steps, const Observed& observed,
               Decision& decision) {
  for (const auto step : steps) {
    if (step(observed, decision) == Next::Stop) return;
  }
}

/// Asks to be called again at `at` at the latest; the earliest wish wins.
template <class Decision>
void check_at(Decision& decision, TimePoint at, TimePoint now) {
  const Duration wait = std::max(at - now, Duration::zero());
  decision.check_again_in = decision.check_again_in ? std::min(*decision.check_again_in, wait) : wait;
}

/// Cuts the message to what Kubernetes takes (1 KiB).
cluster::Event make_event(cluster::EventType type, std::string_view reason, const std::string& message);

template <class Decision>
void emit(Decision& decision, cluster::EventType type, std::string_view reason, const std::string& message) {
  decision.events.push_back(make_event(type, reason, message));
}

/// Why nothing may start; see reason.h, "Refusals".
struct Refusal {
  std::string reason;
  std::string message;
};

}  // namespace visionops::core
