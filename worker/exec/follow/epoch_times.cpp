#include "worker/exec/follow/epoch_times.h"

#include <algorithm>

namespace visionops::exec {

namespace {

constexpr std::size_t kMostKept = 4096;
constexpr Duration kLatest{2'000};

}  // namespace

void EpochTimes::note(TimePoint at, std::int32_t done) {
  if (done <= newest()) return;
  known_.push_back({known_.empty() ? at : std::max(at, known_.back().at), done});
  if (known_.size() > kMostKept) known_.pop_front();
}

void EpochTimes::note_file(TimePoint at, std::int32_t done) {
  note(at, done);
  if (known_.empty() || known_.back().done != done || at >= known_.back().at) return;
  const bool after_the_one_before = known_.size() < 2 || at >= known_[known_.size() - 2].at;
  if (after_the_one_before) known_.back().at = at;
}

std::int32_t EpochTimes::of(TimePoint written) const {
  std::int32_t epoch = 0;
  for (std::size_t i = 0; i < known_.size(); ++i) {
    const auto length = i == 0 ? kLatest : known_[i].at - known_[i - 1].at;
    if (known_[i].at - std::min(length / 4, kLatest) > written) break;
    epoch = known_[i].done;
  }
  return epoch;
}

}  // namespace visionops::exec
