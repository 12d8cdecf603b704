#include "operator/local/process/leftover_processes.h"

#include <poll.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <filesystem>
#include <optional>

#include "base/posix/small_files.h"
#include "operator/local/process/pidfd.h"

namespace visionops::local {
namespace {

constexpr std::size_t kMaxEnvironment = 4U << 20U;
constexpr int kLeftoverDeathMillis = 1000;

std::optional<pid_t> pid_of(const std::filesystem::path& entry) {
  const std::string name = entry.filename();
  pid_t pid = 0;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), pid);
  if (failure != std::errc{} || end != name.data() + name.size() || pid <= 1 || pid == ::getpid()) return std::nullopt;
  return pid;
}

bool environment_has(pid_t pid, const std::string& wanted) {
  const auto environment = read_file("/proc/" + std::to_string(pid) + "/environ", kMaxEnvironment);
  if (!environment) return false;
  const std::string& text = *environment;
  if (text.rfind(wanted, 0) == 0) return true;
  return text.find(std::string(1, '\0') + wanted) != std::string::npos;
}

/// Waits for the death, so that files of the process are no longer written afterwards.
void kill_and_wait(int pidfd) {
  if (send_pidfd_signal(pidfd, SIGKILL) != 0) return;
  pollfd dead{pidfd, POLLIN, 0};
  ::poll(&dead, 1, kLeftoverDeathMillis);
}

}  // namespace

std::vector<pid_t> kill_processes_with(const std::string& name, const std::string& prefix) {
  std::vector<pid_t> killed;
  std::error_code failure;
  for (std::filesystem::directory_iterator it("/proc", failure), end; !failure && it != end; it.increment(failure)) {
    const auto pid = pid_of(it->path());
    if (!pid) continue;
    const FileDescriptor pidfd(open_pidfd(*pid));
    if (!pidfd || !environment_has(*pid, name + "=" + prefix)) continue;
    kill_and_wait(pidfd.get());
    killed.push_back(*pid);
  }
  return killed;
}

}  // namespace visionops::local
