// visionops-exec and others as processes, with their output in files.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/sidecar/folder.h"

namespace visionops::exec {

using sidecar::Folder;
using sidecar::read_file;
using sidecar::write_file;
using Variables = std::map<std::string, std::string>;

inline bool wait_until(const std::function<bool()>& condition, std::chrono::seconds limit = std::chrono::seconds(30)) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (std::chrono::steady_clock::now() < deadline) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

/// A running program; killed with the object.
class Started {
 public:
  Started(const std::string& program, std::vector<std::string> words, const Variables& variables,
          const std::filesystem::path& out, const std::filesystem::path& err) {
    words.insert(words.begin(), program);
    std::vector<std::string> environment{"PATH=/usr/local/bin:/usr/bin:/bin"};
    for (const auto& [name, value] : variables) environment.push_back(name + "=" + value);
    pid_ = ::fork();
    if (pid_ != 0) return;
    std::vector<char*> argv, envp;
    for (auto& word : words) argv.push_back(word.data());
    for (auto& variable : environment) envp.push_back(variable.data());
    argv.push_back(nullptr);
    envp.push_back(nullptr);
    ::close_range(3, ~0U, 0);
    if (::freopen(out.c_str(), "w", stdout) == nullptr || ::freopen(err.c_str(), "w", stderr) == nullptr) ::_exit(126);
    ::execve(program.c_str(), argv.data(), envp.data());
    ::_exit(127);
  }
  ~Started() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Started(const Started&) = delete;
  Started& operator=(const Started&) = delete;

  void send(int signal) const { ::kill(pid_, signal); }
  [[nodiscard]] pid_t pid() const { return pid_; }
  /// The exit code; 128 + the signal.
  int wait() {
    int status = 0;
    if (::waitpid(pid_, &status, 0) == pid_) pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
};

/// Beside the tests.
inline std::string exec_program() {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "visionops-exec").string();
}

}  // namespace visionops::exec
