#include "operator/local/process/process.h"

#include <fcntl.h>
#include <linux/close_range.h>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include "operator/local/process/pidfd.h"

namespace visionops::local {
namespace {

/// Workers go before visionops when the kernel runs out of memory.
constexpr std::string_view kOomScore = "300\n";

constexpr int kDeathMillis = 2000;

/// What the child needs, prepared before the fork: behind it only async-signal-safe calls are allowed.
struct ChildPlan {
  const char* program = nullptr;
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* working_folder = nullptr;
  bool hold_sigterm = false;
  int output = -1;
  int permission = -1;  ///< the child waits for one byte before it becomes the program
  int permission_other_end = -1;
  int report = -1;  ///< close-on-exec pipe: errno of the call that failed
  pid_t parent = -1;
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const auto& text : texts) out.push_back(const_cast<char*>(text.c_str()));  // exec does not write
  out.push_back(nullptr);
  return out;
}

[[noreturn]] void give_up(const ChildPlan& plan) {
  const int code = errno;
  const ssize_t ignored = ::write(plan.report, &code, sizeof code);
  ::_exit(ignored < 0 ? 126 : 127);
}

void reset_signals(bool hold_sigterm) {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &standard, nullptr);
  sigset_t held;
  ::sigemptyset(&held);
  if (hold_sigterm) ::sigaddset(&held, SIGTERM);
  ::sigprocmask(SIG_SETMASK, &held, nullptr);
}

void prefer_for_oom_kill() {
  const int fd = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  const ssize_t ignored = ::write(fd, kOomScore.data(), kOomScore.size());
  (void)ignored;
  ::close(fd);
}

[[noreturn]] void run_child(const ChildPlan& plan) {
  if (::setsid() < 0) give_up(plan);
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) give_up(plan);
  if (::getppid() != plan.parent) ::_exit(126);  // the parent died before the line above
  reset_signals(plan.hold_sigterm);
  ::umask(022);
  prefer_for_oom_kill();
  const int input = ::open("/dev/null", O_RDONLY);
  if (input < 0 || ::dup2(input, 0) < 0 || ::dup2(plan.output, 1) < 0 || ::dup2(plan.output, 2) < 0) give_up(plan);
  // Libraries may have opened descriptors without close-on-exec.
  ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  if (::chdir(plan.working_folder) != 0) give_up(plan);
  ::close(plan.permission_other_end);  // or the parent's death would not be seen
  char go = 0;
  if (::read(plan.permission, &go, 1) != 1) ::_exit(126);  // the parent died
  ::execve(plan.program, plan.arguments.data(), plan.environment.data());
  give_up(plan);
}

struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};

/// Both ends close-on-exec; invalid ones, with errno, when there are no descriptors left.
Pipe make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {};
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

/// Unlike into a pipe, one can send into it without SIGPIPE when the child is dead.
Pipe make_socket_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return {};
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

/// errno of the child's failure; 0 when the exec closed the pipe.
int read_report(int fd) {
  int code = 0;
  ssize_t n = 0;
  do {
    n = ::read(fd, &code, sizeof code);
  } while (n < 0 && errno == EINTR);
  return n == static_cast<ssize_t>(sizeof code) ? code : 0;
}

bool executable(const std::string& path) {
  std::error_code failure;
  return std::filesystem::is_regular_file(path, failure) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

Result<Process> Process::start(const ProcessSpec& spec) {
  auto report = make_pipe();
  auto permission = make_socket_pair();
  if (!report.read || !permission.read) return system_error("cannot start", spec.program);
  ChildPlan plan;
  plan.program = spec.program.c_str();
  plan.arguments = pointers(spec.arguments);
  plan.environment = pointers(spec.environment);
  plan.working_folder = spec.working_folder.c_str();
  plan.hold_sigterm = spec.hold_sigterm;
  plan.output = spec.output;
  plan.permission = permission.read.get();
  plan.permission_other_end = permission.write.get();
  plan.report = report.write.get();
  plan.parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return system_error("cannot start", spec.program);
  if (pid == 0) run_child(plan);
  // The number cannot be reused before we reap it, so this names our child.
  Process process(pid, FileDescriptor(open_pidfd(pid)));
  if (!process.pidfd_) return system_error("cannot watch", spec.program);
  if (spec.announce) spec.announce(pid);
  // When the child has given up already, the report says why.
  (void)::send(permission.write.get(), "g", 1, MSG_NOSIGNAL);
  report.write.reset();
  if (const int code = read_report(report.read.get()); code != 0) {
    errno = code;
    return system_error("cannot execute", spec.program);
  }
  return process;
}

Process::Process(Process&& other) noexcept : pid_(std::exchange(other.pid_, -1)), pidfd_(std::move(other.pidfd_)) {}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(pidfd_, other.pidfd_);
  return *this;
}

Process::~Process() {
  if (pid_ < 0) return;
  kill_group();
  ::kill(pid_, SIGKILL);  // when it had not yet become a group leader
  pollfd dead{pidfd_.get(), POLLIN, 0};
  ::poll(&dead, 1, kDeathMillis);  // a process that hangs in the kernel must not hang us
  (void)poll_exit();
}

void Process::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

void Process::kill_group() const {
  if (pid_ > 0) ::kill(-pid_, SIGKILL);
}

std::optional<ProcessExit> Process::poll_exit() {
  if (pid_ < 0) return std::nullopt;
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT | WNOHANG) != 0 || info.si_pid == 0)
    return std::nullopt;
  kill_group();  // while the unreaped leader keeps the group's number from being reused
  ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED);
  pid_ = -1;
  if (info.si_code == CLD_EXITED) return ProcessExit{info.si_status, 0};
  return ProcessExit{128 + info.si_status, info.si_status};
}

Result<std::string> find_program(const std::string& name, const std::string& beside, const std::string& search_path) {
  if (name.empty()) return not_found_error("the container has no command");
  if (name.find('/') != std::string::npos) {
    if (executable(name)) return name;
    return not_found_error(name + " is not an executable file");
  }
  std::string rest = beside + ":" + search_path;
  while (!rest.empty()) {
    const auto colon = rest.find(':');
    const std::string folder = rest.substr(0, colon);
    rest = colon == std::string::npos ? "" : rest.substr(colon + 1);
    if (!folder.empty() && executable(folder + "/" + name)) return folder + "/" + name;
  }
  return not_found_error("executable \"" + name + "\" is neither in " + beside + " nor in PATH (" + search_path + ")");
}

}  // namespace visionops::local
