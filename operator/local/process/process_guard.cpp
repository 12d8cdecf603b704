#include "operator/local/process/process_guard.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <utility>

namespace visionops::local {
namespace {

/// More containers than one machine runs at once; beyond it the next start cleans up.
constexpr std::size_t kMaxGroups = 4096;

/// The table of the guard. Forked from a process with threads, the guard may only use
/// async-signal-safe calls and memory that it has already: no allocation.
class GroupTable {
 public:
  void apply(pid_t message) {
    const pid_t group = message > 0 ? message : -message;
    if (group <= 1) return;
    for (std::size_t i = 0; i < size_; ++i) {
      if (groups_[i] != group) continue;
      groups_[i] = groups_[--size_];
      break;
    }
    if (message > 0 && size_ < groups_.size()) groups_[size_++] = group;
  }
  void kill_all() const {
    for (std::size_t i = 0; i < size_; ++i) ::kill(-groups_[i], SIGKILL);
  }

 private:
  std::array<pid_t, kMaxGroups> groups_{};
  std::size_t size_ = 0;
};

void leave_everything_behind(int socket) {
  ::setsid();  // Ctrl-C at the terminal is not for the guard
  ::prctl(PR_SET_NAME, "visionops-guard");
  // A pipe or lock of the parent must not stay open because of the guard.
  const int null = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; ++fd) ::dup2(null, fd);
  ::dup2(socket, 3);
  ::close_range(4, ~0U, 0);
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_BLOCK, &all, nullptr);
}

[[noreturn]] void run_guard(int socket) {
  leave_everything_behind(socket);
  GroupTable table;
  while (true) {
    pid_t message = 0;
    const ssize_t n = ::recv(3, &message, sizeof message, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n != static_cast<ssize_t>(sizeof message)) break;
    table.apply(message);
  }
  table.kill_all();
  ::_exit(0);
}

}  // namespace

Result<ProcessGuard> ProcessGuard::start() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return system_error("cannot create", "socket");
  FileDescriptor ours(ends[0]);
  const FileDescriptor theirs(ends[1]);
  const pid_t pid = ::fork();
  if (pid < 0) return system_error("cannot start", "process guard");
  if (pid == 0) run_guard(theirs.get());
  return ProcessGuard(pid, std::move(ours));
}

ProcessGuard::ProcessGuard(ProcessGuard&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), socket_(std::move(other.socket_)) {}

ProcessGuard::~ProcessGuard() {
  if (pid_ < 0) return;
  socket_.reset();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void ProcessGuard::add(pid_t group) { send(group); }

void ProcessGuard::remove(pid_t group) { send(-group); }

void ProcessGuard::send(pid_t signed_group) {
  (void)::send(socket_.get(), &signed_group, sizeof signed_group, MSG_NOSIGNAL);
}

}  // namespace visionops::local
