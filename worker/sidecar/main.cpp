// visionops-sidecar: beside the worker in a Pod. Exit codes: worker/contract/exit_code.h.
#include <malloc.h>
#include <signal.h>

#include <cstdlib>
#include <ctime>
#include <iostream>
#include <string>
#include <string_view>

#include "worker/contract/exit_code.h"
#include "worker/sidecar/sidecar.h"
#include "worker/sidecar/signal_block.h"

namespace {

using visionops::Duration;
using visionops::contract::ExitCode;

constexpr std::string_view kAwaitStart = "--await-start";
constexpr Duration kStartLimit{60'000};

int exit_with(ExitCode code, const std::string& message) {
  std::cerr << "visionops-sidecar: " << message << std::endl;
  return static_cast<int>(code);
}

/// Signals that end the sidecar stay blocked and are waited for, so that no handler is needed.
sigset_t block_end_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

bool wait_for_end(const sigset_t& signals, Duration time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
  const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(time - seconds);
  const timespec limit{seconds.count(), rest.count()};
  return sigtimedwait(&signals, nullptr, &limit) > 0;
}

/// What Kubernetes runs before it ends the sidecar: see await_signal_block().
int await_start() {
  constexpr pid_t kFirstOfContainer = 1;
  if (visionops::sidecar::await_signal_block(kFirstOfContainer, SIGTERM, kStartLimit)) return 0;
  return exit_with(ExitCode::Internal, "the first process here does not wait for SIGTERM");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == kAwaitStart) return await_start();
  if (argc > 1 && std::string_view(argv[1]) == "--version") {
    std::cout << "visionops-sidecar " VISIONOPS_VERSION "\n";
    return 0;
  }
  if (argc > 1) return exit_with(ExitCode::InvalidInput, "takes no arguments; its environment tells it what to do");
  (void)signal(SIGPIPE, SIG_IGN);                // OpenSSL writes without MSG_NOSIGNAL
  (void)mallopt(M_ARENA_MAX, 1);                 // two threads that hardly allocate share one heap
  const sigset_t signals = block_end_signals();  // before the first thread, which inherits it
  auto config = visionops::sidecar::read_config([](const char* name) { return std::getenv(name); });
  if (!config) return exit_with(ExitCode::InvalidInput, config.error().message);
  const visionops::SystemClock clock;
  const auto log = [](const std::string& line) { std::cout << line << std::endl; };
  auto sidecar = visionops::sidecar::Sidecar::open(std::move(*config), clock, log);
  if (!sidecar) return exit_with(ExitCode::InputMissing, sidecar.error().message);
  const bool complete = (*sidecar)->run([&signals](Duration time) { return wait_for_end(signals, time); });
  std::cout.flush();
  // Not through the destructors: they would wait for a thread that may hang in a store which does not answer.
  std::_Exit(static_cast<int>(complete ? ExitCode::Done : ExitCode::StorageFailure));
}
