// Write economy: a status that would only be worded differently (a scheduler counts its nodes anew, a Pod
// of several starts) is written at most every few seconds; everything that means something at once.
#pragma once

#include <map>
#include <optional>

#include "base/locked.h"
#include "operator/runtime/pass/intent.h"

namespace visionops::runtime {

inline constexpr Duration kWordsPace = std::chrono::seconds(5);

/// Whether two statuses of one resource differ in nothing but messages: the status' own and those of its conditions.
bool differs_in_words_only(const cluster::Object& a, const cluster::Object& b);

/// Any thread. In memory only: after a restart new words are written at once.
class StatusPace {
 public:
  /// How long the write of `intent` shall wait; nothing when it is due, or when there is nothing to write.
  std::optional<Duration> wait(const cluster::Object& seen, const Intent& intent, TimePoint now);
  void wrote(const cluster::ObjectKey& key, TimePoint now);

 private:
  Locked<std::map<cluster::ObjectKey, TimePoint>> written_;  ///< the last few seconds only
};

}  // namespace visionops::runtime
