#include "worker/exec/process/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/posix/small_files.h"
#include "worker/exec/process/out_of_memory.h"

namespace visionops::exec {

namespace {

constexpr const char* kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return system_error("cannot make", "a pipe");
  return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (const auto& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

void reset_signals() {
  for (int number = 1; number < NSIG; ++number) (void)::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// A terminal stays with us: who reads from it in a group of its own is stopped.
void set_input() {
  if (::isatty(STDIN_FILENO) == 0 && ::fcntl(STDIN_FILENO, F_GETFD) >= 0) return;
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (nothing >= 0 && nothing != STDIN_FILENO) {
    (void)::dup2(nothing, STDIN_FILENO);
    ::close(nothing);
  }
}

/// In the child; what comes back through `report` is errno.
[[noreturn]] void become(const Command& command, char* const* words, char* const* environment, const Pipe& out,
                         const Pipe& err, int report) {
  (void)::setpgid(0, 0);
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);  // nobody trains on whom nobody stands by
  spare_us_no_more();
  reset_signals();
  set_input();
  const bool ready = ::dup2(out.write.get(), STDOUT_FILENO) >= 0 && ::dup2(err.write.get(), STDERR_FILENO) >= 0 &&
                     (command.folder.empty() || ::chdir(command.folder.c_str()) == 0);
  if (ready) ::execve(command.program.c_str(), words, environment);
  const int why = errno;
  (void)!::write(report, &why, sizeof why);
  ::_exit(127);
}

bool is_program(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_PATH | O_CLOEXEC));
  return file && ::access(path.c_str(), X_OK) == 0 && ::faccessat(file.get(), ".", F_OK, 0) != 0;
}

}  // namespace

Result<Child> start_child(const Command& command) {
  auto out = make_pipe();
  auto err = make_pipe();
  auto report = make_pipe();
  for (const auto* pipe : {&out, &err, &report}) {
    if (!*pipe) return pipe->error();
  }
  const auto words = pointers_to(command.words);
  const auto environment = pointers_to(command.environment);
  const pid_t pid = ::fork();
  if (pid < 0) return system_error("cannot start", command.program);
  if (pid == 0) become(command, words.data(), environment.data(), *out, *err, report->write.get());
  (void)::setpgid(pid, pid);  // whoever of us two is first
  report->write.reset();
  int why = 0;
  ssize_t told = 0;
  do {
    told = ::read(report->read.get(), &why, sizeof why);
  } while (told < 0 && errno == EINTR);
  if (told == static_cast<ssize_t>(sizeof why)) {
    (void)::waitpid(pid, nullptr, 0);
    return invalid_error(command.program + " cannot be started in " + (command.folder.empty() ? "." : command.folder) +
                         ": " + std::strerror(why) +
                         (why == ENOENT ? " (or the interpreter that its first line names is not there)" : ""));
  }
  return Child{pid, std::move(out->read), std::move(err->read)};
}

Result<std::string> find_program(const std::string& name, const std::vector<std::string>& environment,
                                 const std::string& folder) {
  if (name.empty()) return invalid_error("the command is empty");
  if (name.find('/') != std::string::npos) {
    const auto path = name.front() == '/' || folder.empty() ? name : folder + "/" + name;
    return is_program(path) ? Result<std::string>(path) : not_found_error(path + ": there is no such program");
  }
  std::string_view path = kDefaultPath;
  for (const auto& variable : environment) {
    if (variable.starts_with("PATH=")) path = std::string_view(variable).substr(5);
  }
  const std::string all(path);
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find(':', begin), path.size());
    const auto at = std::string(path.substr(begin, end - begin)) + "/" + name;
    if (at.front() == '/' && at.size() > name.size() + 1 && is_program(at)) return at;
    begin = end + 1;
  }
  return not_found_error(name + ": there is no such program in this image (looked in " + all + ")");
}

}  // namespace visionops::exec
