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
      if (sigtimedwait(&set, nullptr, &pause) < 0) continue;
      if (!stop_.request_stop()) _exit(kTerminated);
    }
  });
}

StopSignal::~StopSignal() {
  waiter_.request_stop();
  waiter_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace visionops::commands
