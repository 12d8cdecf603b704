// Output on its way to somebody who may be slow. Who puts never waits.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"

namespace visionops::exec {

/// What came on one stream at once.
struct Piece {
  int stream = 1;  ///< 1 stdout, 2 stderr
  std::string bytes;
  TimePoint at{};
  std::int64_t lost = 0;  ///< bytes before these that had to go
};

/// Any thread may put, one takes.
class ByteQueue {
 public:
  explicit ByteQueue(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  /// When more than `most_bytes` would wait, the oldest are counted as lost. After close() nothing is taken up.
  void put(int stream, std::string_view bytes, TimePoint at);
  [[nodiscard]] bool has_room(std::size_t bytes) const;
  /// All that waits, in order; waits at most `limit` for the first of it.
  std::vector<Piece> take(Duration limit);
  void close();
  /// Closed, and everything was taken.
  [[nodiscard]] bool over() const;

 private:
  void make_room(std::string_view& bytes) VISIONOPS_REQUIRES(mutex_);

  const std::size_t most_bytes_;
  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Piece> pieces_ VISIONOPS_GUARDED_BY(mutex_);
  std::size_t bytes_ VISIONOPS_GUARDED_BY(mutex_) = 0;
  std::int64_t lost_ VISIONOPS_GUARDED_BY(mutex_) = 0;
  bool closed_ VISIONOPS_GUARDED_BY(mutex_) = false;
};

}  // namespace visionops::exec
