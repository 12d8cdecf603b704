// Our own stdout and stderr, which get every byte of the trainer's: a thread writes, so that a console that does not
// read costs the trainer nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "worker/exec/process/byte_queue.h"

namespace visionops::exec {

inline constexpr Duration kConsoleStall{300};       ///< then a console counts as one that nobody reads
inline constexpr Duration kConsolePatience{3'000};  ///< with a console that takes nothing

class Console {
 public:
  /// `out` and `err` stay open as long as this lives.
  Console(int out, int err);

  /// On one thread. With a reader that is slow this waits as a pipe would, with one that does not read for
  /// kConsoleStall once.
  void put(int stream, std::string_view bytes, TimePoint at);
  /// Nothing follows. Returns when everything was written, or nothing could be for `patience`.
  void finish(Duration patience);

 private:
  void run(const std::stop_token& stop);
  void write(const Piece& piece, const std::stop_token& stop);

  ByteQueue queue_;
  std::int64_t stalled_at_ = -1;  ///< what was written when nobody read any more
  const int fds_[2];
  bool gone_[2] = {false, false};  ///< nobody reads it any more
  std::atomic<std::int64_t> written_{0};
  std::atomic<bool> done_{false};
  std::jthread thread_;  // last: joined first
};

}  // namespace visionops::exec
