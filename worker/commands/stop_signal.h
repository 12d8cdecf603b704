// SIGTERM and SIGINT as a stop token.
#pragma once

#include <csignal>
#include <stop_token>
#include <thread>

namespace visionops::commands {

/// Construct before any other thread starts: it blocks the signals for all of them and waits for one on a
/// thread of its own. A second signal ends the process at once with 128 + SIGTERM.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

 private:
  sigset_t before_{};
  std::stop_source stop_;
  std::jthread waiter_;  // last: joined first
};

}  // namespace visionops::commands
