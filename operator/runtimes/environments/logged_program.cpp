#include "operator/runtimes/environments/logged_program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
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

}  // namespace

Result<int> run_logged(const LoggedProgram& program) {
  std::vector<char*> words;
  for (const auto& word : program.words) words.push_back(const_cast<char*>(word.c_str()));  // NOLINT: argv's type
  words.push_back(nullptr);
  const std::string log = program.log.empty() ? "/dev/null" : program.log.string();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t pid = -1;
  const int failure = ::posix_spawnp(&pid, words.front(), &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) return not_found_error(program.words.front() + ": " + std::strerror(failure));
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
