// Stands by a program until its end: reads its two streams, passes signals on, reaps, and tells how it ended. Its end
// is what waitpid says; that a pipe is still open is none of its business.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>

#include "base/clock.h"
#include "base/posix/file_descriptor.h"
#include "base/result.h"
#include "worker/exec/process/child.h"

namespace visionops::exec {

struct Ending {
  int exit_code = 0;          ///< 0..255
  int signal = 0;             ///< that ended it; 0: it exited by itself
  int signal_sent = 0;        ///< the first SIGTERM or SIGINT that was passed on; 0: none
  bool told_to_stop = false;  ///< SIGTERM came, before or after the end
  bool hung = false;          ///< ended since it gave no sign of life
  bool killed = false;        ///< by us, since it did not end when it was told to
  bool held_pipe = false;     ///< a process that it left behind held a stream open
  std::int64_t oom_kills = 0;
  double user_seconds = 0;
  double system_seconds = 0;
  std::int64_t most_memory_bytes = 0;  ///< of the largest process
  TimePoint began{};
  TimePoint ended{};

  /// As a shell would say: 128 + the signal.
  [[nodiscard]] int status() const { return signal > 0 ? 128 + signal : exit_code; }
};

struct Watch {
  Duration silence{0};     ///< that ends it; 0: never
  Duration grace{20'000};  ///< after SIGTERM, before SIGKILL
  /// Of every piece of output, 1 stdout and 2 stderr; must not wait.
  std::function<void(int stream, std::string_view bytes, TimePoint at)> output;
  /// Some ten times a second; true ends the program (SIGTERM, and SIGKILL after 3 s).
  std::function<bool()> lost;
};

/// Blocks the signals that are passed on and those that tell of children, for the whole process: before any thread.
class Signals {
 public:
  Signals();
  [[nodiscard]] int fd() const { return fd_.get(); }
  /// The next one; 0: none waits.
  [[nodiscard]] int next() const;

 private:
  FileDescriptor fd_;
};

/// Other signs of life than output, from any thread.
class SignsOfLife {
 public:
  void seen(TimePoint at) { newest_ = std::max(newest_.load(), at.time_since_epoch().count()); }
  [[nodiscard]] TimePoint newest() const { return TimePoint{Duration{newest_.load()}}; }

 private:
  std::atomic<Duration::rep> newest_{0};
};

/// Returns when the program has ended, its group is gone and its streams are read or given up.
Ending stand_by(Child child, const Signals& signals, const Watch& watch, SignsOfLife& life, const Clock& clock);

}  // namespace visionops::exec
