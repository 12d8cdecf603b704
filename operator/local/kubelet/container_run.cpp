#include "operator/local/kubelet/container_run.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include "base/posix/small_files.h"
#include "base/readable_text.h"
#include "operator/local/kubelet/container_log.h"

namespace visionops::local {
namespace {

// terminationMessagePolicy FallbackToLogsOnError of the kubelet: 4 KiB, or the last 80 lines in 2 KiB.
constexpr std::size_t kMaxTerminationMessage = 4096;
constexpr std::size_t kLogLines = 80;
constexpr std::size_t kLogBytes = 2048;
constexpr int kStartErrorCode = 127;

/// How often the kernel killed a process for lack of memory since boot; -1 when it does not say.
long count_oom_kills() {
  const auto text = read_file("/proc/vmstat", 1U << 20U);
  const auto at = text ? text->find("\noom_kill ") : std::string::npos;
  return at == std::string::npos ? -1 : std::strtol(text->c_str() + at + 10, nullptr, 10);
}

}  // namespace

ContainerRun::ContainerRun(ContainerSetup setup, ProcessGuard* guard) : setup_(std::move(setup)), guard_(guard) {
  state_.name = setup_.container.name;
}

void ContainerRun::start() {
  if (state_.terminated) ++state_.restarts;
  state_.running = true;
  state_.terminated = false;
  state_.exit_code = state_.signal = 0;
  state_.reason.clear();
  state_.message.clear();
  if (auto launched = launch(); !launched) record_start_failure(launched.error());
}

Status ContainerRun::launch() {
  const auto& container = setup_.container;
  std::error_code ignored;
  std::filesystem::remove(setup_.folder.termination(container.name), ignored);
  auto log = open_log(setup_.folder, container.name);
  if (!log) return log.error();
  auto program = find_program(container.command.empty() ? "" : container.command.front(), setup_.program_folder,
                              setup_.search_path);
  if (!program) return program.error();
  std::vector<std::string> arguments = container.command;
  arguments.insert(arguments.end(), container.args.begin(), container.args.end());
  oom_kills_before_ = count_oom_kills();
  const auto announce = [this](pid_t pid) {
    group_ = pid;
    if (guard_ != nullptr) guard_->add(pid);
  };
  auto process = Process::start({*program, std::move(arguments), setup_.environment, setup_.folder.volume(), log->get(),
                                 announce, container.sidecar});
  if (!process) {
    if (guard_ != nullptr) guard_->remove(group_);
    return process.error();
  }
  process_ = std::move(*process);
  return {};
}

void ContainerRun::record_start_failure(const Error& failure) {
  state_.running = false;
  state_.terminated = true;
  state_.exit_code = kStartErrorCode;
  state_.reason = "StartError";
  state_.message = readable_text(failure.message, kLogBytes);
  // Who looks into the log shall not find it empty.
  if (auto log = open_log(setup_.folder, setup_.container.name)) {
    (void)write_all(log->get(), "visionops: " + failure.message + "\n", "log").ok();
  }
}

void ContainerRun::stop(TimePoint now, Duration grace) {
  if (!process_) return;
  if (!stopped_) process_->signal(SIGTERM);
  stopped_ = true;
  if (killed_) return;
  const TimePoint at = now + grace;
  kill_at_ = kill_at_ ? std::min(*kill_at_, at) : at;
}

bool ContainerRun::step(TimePoint now) {
  if (!process_) return false;
  if (const auto exit = process_->poll_exit()) {
    record_exit(*exit);
    return true;
  }
  if (kill_at_ && now >= *kill_at_) {
    process_->kill_group();
    killed_ = true;
    kill_at_.reset();
  }
  return false;
}

void ContainerRun::record_exit(const ProcessExit& exit) {
  if (guard_ != nullptr) guard_->remove(group_);
  process_.reset();
  kill_at_.reset();
  const bool oom =
      exit.signal == SIGKILL && !killed_ && oom_kills_before_ >= 0 && count_oom_kills() > oom_kills_before_;
  state_.running = false;
  state_.terminated = true;
  state_.exit_code = exit.exit_code;
  state_.signal = exit.signal;
  state_.reason = oom ? "OOMKilled" : exit.exit_code == 0 ? "Completed" : "Error";
  state_.message = last_words(exit.exit_code != 0);
  if (state_.message.empty() && exit.signal != 0) state_.message = "ended by signal " + std::to_string(exit.signal);
}

std::string ContainerRun::last_words(bool failed) const {
  const auto& name = setup_.container.name;
  const std::string written = read_untrusted_head(setup_.folder.termination(name), kMaxTerminationMessage);
  if (!written.empty() || !failed) return readable_text(written, kMaxTerminationMessage);
  return last_lines(read_untrusted_tail(setup_.folder.log(name), 4 * kLogBytes), kLogLines, kLogBytes);
}

void ContainerRun::keep_log_below(std::size_t bytes) const {
  // A log that cannot be cut is no reason to end a run; the next second tries again.
  (void)bound_log(setup_.folder, setup_.container.name, bytes).ok();
}

}  // namespace visionops::local
