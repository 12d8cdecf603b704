#include "worker/commands/stop_signal.h"

#include <unistd.h>

#include <ctime>

namespace visionops::commands {
namespace {

constexpr long kPollNanoseconds = 100'000'000;
constexpr int kTerminated = 128 + SIGTERM;

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

StopSignal::StopSignal() {
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, &before_);
  waiter_ = std::jthread([this, set](std::stop_token end) {
    while (!end.stop_requested()) {
      const timespec pause{0, kPollNanoseconds};
      if (sigtimedwait(&set, nullptr, &pause) < 0 || end.stop_requested()) continue;
      if (!stop_.request_stop()) _exit(kTerminated);
    }
  });
}

StopSignal::~StopSignal() {
  waiter_.request_stop();
  pthread_kill(waiter_.native_handle(), SIGTERM);  // a command that is done does not sit out the pause
  waiter_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace visionops::commands
