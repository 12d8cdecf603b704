// Which epoch a file is of that does not say so: the one that was complete when it was written. PURE.
#pragma once

#include <cstdint>
#include <deque>

#include "base/clock.h"

namespace visionops::exec {

class EpochTimes {
 public:
  /// `done` epochs are complete since `at`; what does not grow is ignored.
  void note(TimePoint at, std::int32_t done);
  /// A file that was written at `at` tells of `done` epochs: what the log said of them may have been read later.
  void note_file(TimePoint at, std::int32_t done);
  /// Of a file that was written last at `written`; 0: none was complete. The line that tells of an epoch may be read a
  /// little later than the file was written (a quarter of the epoch, at most 2 s): then it is of that epoch.
  [[nodiscard]] std::int32_t of(TimePoint written) const;
  [[nodiscard]] std::int32_t newest() const { return known_.empty() ? 0 : known_.back().done; }

 private:
  struct Known {
    TimePoint at;
    std::int32_t done;
  };
  std::deque<Known> known_;
};

}  // namespace visionops::exec
