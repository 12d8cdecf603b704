// When has a resource come to rest, and how? Decides when `visionops run` may end. PURE.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "operator/cluster/cluster_api.h"

namespace visionops::commands {

enum class Rest {
  Moving,   ///< work is under way, or the operator has not looked at this spec yet
  Waiting,  ///< waits for another resource (InputsReady is False), or for room that no node has (Unschedulable)
  Done,     ///< Ready, Succeeded, or suspended on purpose
  Failed,   ///< Error, Failed or Stalled: nothing will change by itself
};

struct Settlement {
  Rest rest = Rest::Moving;
  std::string why;  ///< for people: the message of the condition that decided
};

/// Only our kinds settle: those whose runs end by their phase, the others by Ready. Other objects are Done.
Settlement settlement_of(const cluster::Object& object);

/// What people read for a phase: "Waiting" for what is Starting and finds no place.
std::string phase_word(std::string_view phase, Rest rest);

/// True when nothing moves any more: every resource is at rest, or waits for resources that are.
/// A Waiting resource next to a Moving one is still hopeful.
bool all_at_rest(const std::vector<Settlement>& settlements);

}  // namespace visionops::commands
