// The worker binary as a child process.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <string>
#include <vector>

namespace visionops::pipeline::test {

/// Starts visionops-worker with `arguments`; `environment` is added to the own one. Output goes to `log`.
inline pid_t start_worker(const std::vector<std::string>& arguments,
                          const std::map<std::string, std::string>& environment, const std::string& log) {
  std::vector<std::string> words{std::string(VISIONOPS_BIN_DIR) + "/visionops-worker"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
  const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  ::dup2(file, 1);
  ::dup2(file, 2);
  ::execv(argv[0], argv.data());
  ::_exit(126);
}

/// Exit code, or 128 + signal.
inline int wait_for(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace visionops::pipeline::test
