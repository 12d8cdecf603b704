#include "operator/runtimes/environments/logged_program.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <thread>

namespace visionops::runtimes {
namespace {

/// Of a child that is being waited for.
int end_of_logged(pid_t pid, const std::function<void()>& tick) {
  constexpr auto kPause = std::chrono::milliseconds(250);
  constexpr int kSignalled = 128;
  int status = 0;
  while (true) {
    const pid_t got = ::waitpid(pid, &status, tick ? WNOHANG : 0);
    if (got == pid) return WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status);
    if (got < 0 && errno != EINTR) return kSignalled;
    if (got == 0) {
      tick();
      std::this_thread::sleep_for(kPause);
    }
  }
}

/// In the child: only calls that are safe after fork. What is begun for somebody who is gone is not gone on with.
[[noreturn]] void become(const char* path, char* const* words, const char* log, pid_t parent) {
  constexpr int kNoProgram = 127;
  const int in = ::open("/dev/null", O_RDONLY);
  const int out = ::open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (in < 0 || out < 0 || ::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != parent) ::_exit(kNoProgram);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::execv(path, words);
  ::_exit(kNoProgram);
}

}  // namespace

Result<int> run_logged(const LoggedProgram& program) {
  const auto path = program.words.front().find('/') == std::string::npos ? program_in_path(program.words.front())
                                                                         : program.words.front();
  if (path.empty()) return not_found_error(program.words.front() + ": no such program");
  std::vector<char*> words;
  for (const auto& word : program.words) words.push_back(const_cast<char*>(word.c_str()));  // NOLINT: argv's type
  words.push_back(nullptr);
  const std::string log = program.log.empty() ? "/dev/null" : program.log.string();
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return retry_error(std::string("fork: ") + std::strerror(errno));
  if (pid == 0) become(path.c_str(), words.data(), log.c_str(), parent);
  return end_of_logged(pid, program.tick);
}

std::string program_in_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (folder.empty()) continue;
    const auto file = std::filesystem::path(folder) / name;
    std::error_code failure;
    if (::access(file.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(file, failure)) return file.string();
  }
  return {};
}

}  // namespace visionops::runtimes
