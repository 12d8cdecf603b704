#include "worker/exec/process/left_processes.h"

#include <dirent.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/posix/small_files.h"

namespace visionops::exec {

namespace {

constexpr std::size_t kStatBytes = 4096;
constexpr std::chrono::milliseconds kRound{20};

/// Field 4 of /proc/PID/stat; the name before it may hold spaces and parentheses.
pid_t parent_of(const std::string& pid) {
  const auto stat = read_file("/proc/" + pid + "/stat", kStatBytes);  // whose size is 0: what is told by size is empty
  const auto text = stat ? *stat : std::string();
  const auto name_end = text.rfind(") ");
  if (name_end == std::string::npos || name_end + 4 >= text.size()) return 0;
  pid_t parent = 0;
  (void)std::from_chars(text.data() + name_end + 4, text.data() + text.size(), parent);
  return parent;
}

std::vector<pid_t> our_children() {
  std::vector<pid_t> out;
  const std::unique_ptr<DIR, int (*)(DIR*)> all(::opendir("/proc"), ::closedir);
  const auto us = ::getpid();
  while (const dirent* entry = all ? ::readdir(all.get()) : nullptr) {
    const std::string name = entry->d_name;
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc{} || end != name.data() + name.size()) continue;
    if (parent_of(name) == us) out.push_back(pid);
  }
  return out;
}

void reap() {
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

}  // namespace

void adopt_orphans() { (void)::prctl(PR_SET_CHILD_SUBREAPER, 1); }

bool signal_left_processes(pid_t group, int signal) {
  bool any = group > 0 && ::kill(-group, signal) == 0;
  for (const auto pid : our_children()) any = ::kill(pid, signal) == 0 || any;
  return any;
}

void end_left_processes(pid_t group, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    reap();
    if (!signal_left_processes(group, SIGKILL)) return;
    std::this_thread::sleep_for(kRound);
  }
  reap();
}

}  // namespace visionops::exec
