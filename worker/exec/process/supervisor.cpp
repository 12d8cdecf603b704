#include "worker/exec/process/supervisor.h"

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "worker/exec/process/left_processes.h"
#include "worker/exec/process/out_of_memory.h"

namespace visionops::exec {

namespace {

constexpr std::array kPassedOn{SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH};
constexpr std::size_t kReadBytes = 64 * 1024;
constexpr Duration kTick{100};
constexpr Duration kStackTime{3'000};   // for the stacks of a program that hangs
constexpr Duration kLostGrace{3'000};   // for one that cannot go on
constexpr Duration kDrainQuietly{500};  // after the end, before whoever holds the pipe is ended
constexpr Duration kDrainEnded{1'500};  // after that, before the pipe is given up
constexpr int kKillRounds = 100;

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

class StandBy {
 public:
  StandBy(Child child, const Signals& signals, const Watch& watch, SignsOfLife& life, const Clock& clock)
      : child_(std::move(child)), signals_(signals), watch_(watch), life_(life), clock_(clock) {}

  Ending run() {
    ending_.began = clock_.now();
    life_.seen(ending_.began);
    const auto kills_before = oom_kills();
    while (!status_) look();
    ending_.ended = clock_.now();
    drain();
    end_left_processes(child_.pid, kKillRounds);
    ending_.oom_kills = std::max<std::int64_t>(0, oom_kills() - kills_before);
    take_usage();
    return ending_;
  }

 private:
  void look() {
    wait_for_something(kTick);
    take_signals();
    reap();
    if (status_) return;
    const auto now = std::chrono::steady_clock::now();
    if (kill_at_ && now >= *kill_at_) {
      ending_.killed = true;
      signal_left_processes(child_.pid, SIGKILL);
      kill_at_ = now + kLostGrace;
    }
    if (kill_at_) return;
    if (watch_.silence > Duration{0} && clock_.now() - life_.newest() > watch_.silence) {
      ending_.hung = true;
      send(SIGABRT);
      send(SIGCONT);  // one that somebody stopped takes no other signal before
      kill_at_ = now + kStackTime;
    } else if (watch_.lost && watch_.lost()) {
      send(SIGTERM);
      kill_at_ = now + kLostGrace;
    }
  }

  void send(int signal) const { (void)::kill(-child_.pid, signal); }

  /// Output of both streams in the order in which poll(2) shows it.
  void wait_for_something(Duration limit) {
    std::array<pollfd, 3> fds{pollfd{child_.out.get(), POLLIN, 0}, pollfd{child_.err.get(), POLLIN, 0},
                              pollfd{signals_.fd(), POLLIN, 0}};
    if (::poll(fds.data(), fds.size(), static_cast<int>(limit.count())) <= 0) return;
    if (fds[0].revents != 0) read_some(child_.out, 1);
    if (fds[1].revents != 0) read_some(child_.err, 2);
  }

  void read_some(FileDescriptor& stream, int number) {
    const ssize_t n = ::read(stream.get(), buffer_.data(), buffer_.size());
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (n <= 0) return stream.reset();
    const auto now = clock_.now();
    life_.seen(now);
    if (watch_.output) watch_.output(number, std::string_view(buffer_.data(), static_cast<std::size_t>(n)), now);
  }

  void take_signals() {
    while (const int signal = signals_.next()) {
      if (signal == SIGCHLD) continue;
      ending_.told_to_stop = ending_.told_to_stop || signal == SIGTERM;
      if (status_) continue;
      send(signal);
      const bool ends = signal == SIGTERM || signal == SIGINT;
      if (ends && ending_.signal_sent == 0) ending_.signal_sent = signal;
      if (signal == SIGTERM && !kill_at_) kill_at_ = std::chrono::steady_clock::now() + watch_.grace;
    }
  }

  void reap() {
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
      if (pid == child_.pid && (WIFEXITED(status) || WIFSIGNALED(status))) status_ = status;
    }
    if (!status_) return;
    if (WIFSIGNALED(*status_)) ending_.signal = WTERMSIG(*status_);
    if (WIFEXITED(*status_)) ending_.exit_code = WEXITSTATUS(*status_);
  }

  void drain_until(std::chrono::steady_clock::time_point end) {
    while ((child_.out || child_.err) && std::chrono::steady_clock::now() < end) {
      wait_for_something(kTick);
      take_signals();
    }
  }

  void drain() {
    drain_until(std::chrono::steady_clock::now() + kDrainQuietly);
    if (!child_.out && !child_.err) return;
    ending_.held_pipe = true;
    signal_left_processes(child_.pid, SIGTERM);
    drain_until(std::chrono::steady_clock::now() + kDrainEnded / 2);
    end_left_processes(child_.pid, kKillRounds);
    drain_until(std::chrono::steady_clock::now() + kDrainEnded / 2);
  }

  void take_usage() {
    rusage usage{};
    if (::getrusage(RUSAGE_CHILDREN, &usage) != 0) return;
    ending_.user_seconds = seconds_of(usage.ru_utime);
    ending_.system_seconds = seconds_of(usage.ru_stime);
    ending_.most_memory_bytes = std::int64_t{usage.ru_maxrss} * 1024;
  }

  Child child_;
  const Signals& signals_;
  const Watch& watch_;
  SignsOfLife& life_;
  const Clock& clock_;
  Ending ending_;
  std::optional<int> status_;
  std::optional<std::chrono::steady_clock::time_point> kill_at_;
  std::array<char, kReadBytes> buffer_{};
};

}  // namespace

Signals::Signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : kPassedOn) sigaddset(&set, signal);
  sigaddset(&set, SIGCHLD);
  (void)::sigprocmask(SIG_BLOCK, &set, nullptr);
  (void)::signal(SIGPIPE, SIG_IGN);
  (void)::signal(SIGCHLD, SIG_DFL);  // inherited as ignored, it would take the status away
  fd_ = FileDescriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

int Signals::next() const {
  signalfd_siginfo info{};
  return ::read(fd_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info) ? static_cast<int>(info.ssi_signo)
                                                                                    : 0;
}

Ending stand_by(Child child, const Signals& signals, const Watch& watch, SignsOfLife& life, const Clock& clock) {
  return StandBy(std::move(child), signals, watch, life, clock).run();
}

}  // namespace visionops::exec
