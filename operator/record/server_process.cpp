#include "operator/record/server_process.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace visionops::record {
namespace {

// Between fork and exec only async-signal-safe calls are allowed: everything below works on memory that
// was prepared before, and uses raw system calls where glibc would synchronise threads.

struct Prepared {
  std::vector<char*> argv;
  std::array<char*, 4> envp;
};

/// CAP_DAC_READ_SEARCH, or CAP_DAC_OVERRIDE where a container runtime gives only that.
bool raise_search_right() {
  struct __user_cap_header_struct header {
    _LINUX_CAPABILITY_VERSION_3, 0
  };
  std::array<struct __user_cap_data_struct, 2> data{};
  if (::syscall(SYS_capget, &header, data.data()) != 0) return false;
  const unsigned permitted = data[0].permitted;
  const int right = (permitted & (1U << CAP_DAC_READ_SEARCH)) != 0 ? CAP_DAC_READ_SEARCH : CAP_DAC_OVERRIDE;
  const unsigned mask = 1U << static_cast<unsigned>(right);
  data[0] = {permitted & mask, permitted & mask, permitted & mask};
  data[1] = {0, 0, 0};
  return ::syscall(SYS_capset, &header, data.data()) == 0 &&
         ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, right, 0, 0) == 0;
}

bool become(const ServiceAccount& account, bool keep_search_right) {
  if (keep_search_right && ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return false;
  if (::syscall(SYS_setgroups, account.groups.size(), account.groups.data()) != 0) return false;
  if (::syscall(SYS_setresgid, account.gid, account.gid, account.gid) != 0) return false;
  if (::syscall(SYS_setresuid, account.uid, account.uid, account.uid) != 0) return false;
  return !keep_search_right || raise_search_right();
}

void reset_signals() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) (void)::sigaction(number, &action, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void fail(int report) {
  const int code = errno;
  (void)!::write(report, &code, sizeof(code));
  ::_exit(127);
}

[[noreturn]] void run_child(const ServerCommand& command, const Prepared& prepared, pid_t parent, int report) {
  (void)::setsid();
  reset_signals();
  (void)::umask(077);
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (::dup2(null, 0) < 0 || ::dup2(command.output, 1) < 0 || ::dup2(command.output, 2) < 0) fail(report);
  (void)::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
  if (::chdir("/") != 0) fail(report);
  if (command.account && !become(*command.account, command.keep_search_right)) fail(report);
  // After the change of user, which clears it.
  if (::prctl(PR_SET_PDEATHSIG, command.death_signal, 0, 0, 0) != 0) fail(report);
  if (::getppid() != parent) ::_exit(127);  // the owner died in between
  ::execve(command.program.c_str(), prepared.argv.data(), prepared.envp.data());
  fail(report);
}

}  // namespace

Result<pid_t> start_server(const ServerCommand& command) {
  std::string program = command.program;
  std::vector<std::string> arguments = command.arguments;
  std::string path = "PATH=/usr/local/bin:/usr/bin:/bin";
  std::string locale = "LC_ALL=C";
  std::string home = "HOME=/";
  Prepared prepared{{program.data()}, {path.data(), locale.data(), home.data(), nullptr}};
  for (auto& argument : arguments) prepared.argv.push_back(argument.data());
  prepared.argv.push_back(nullptr);

  std::array<int, 2> report{-1, -1};
  if (::pipe2(report.data(), O_CLOEXEC) != 0) return retry_error(std::string("pipe: ") + std::strerror(errno));
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) run_child(command, prepared, parent, report[1]);
  const int fork_error = errno;
  ::close(report[1]);
  int code = 0;
  const ssize_t got = child < 0 ? 0 : ::read(report[0], &code, sizeof(code));
  ::close(report[0]);
  if (child < 0) return retry_error(std::string("fork: ") + std::strerror(fork_error));
  if (got == static_cast<ssize_t>(sizeof(code))) {
    (void)::waitpid(child, nullptr, 0);
    return invalid_error("cannot start " + command.program + ": " + std::strerror(code));
  }
  return child;
}

}  // namespace visionops::record
