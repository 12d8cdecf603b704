#include "operator/assembly/interruption.h"

#include <unistd.h>

#include <csignal>

namespace visionops::commands {

namespace {

volatile std::sig_atomic_t signals_seen = 0;

void on_signal(int) {
  signals_seen = signals_seen + 1;
  if (signals_seen > 1) _exit(130);
}

}  // namespace

void watch_for_interruption() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  // A sidecar or a database that goes away while we write to it is an error code, not an end.
  std::signal(SIGPIPE, SIG_IGN);
}

bool interrupted() { return signals_seen > 0; }

}  // namespace visionops::commands
