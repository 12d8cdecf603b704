// One host process: started with fork and exec, in its own session, and dead when we are dead.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/posix/small_files.h"
#include "base/result.h"

namespace visionops::local {

struct ProcessSpec {
  std::string program;                   ///< path of the executable
  std::vector<std::string> arguments;    ///< argv, the name of the program included
  std::vector<std::string> environment;  ///< "NAME=value", nothing is inherited
  std::string working_folder;
  int output = -1;  ///< becomes stdout and stderr; stdin is /dev/null
  /// Called with the number of the new process before its program begins; may be empty.
  std::function<void(pid_t)> announce;
  bool hold_sigterm = false;  ///< begins with SIGTERM blocked: one that comes early waits until it is asked for
};

struct ProcessExit {
  int exit_code = 0;  ///< 128 + signal when a signal ended it, as shells and Kubernetes say it
  int signal = 0;     ///< 0 when it ended by itself
};

/// The kernel kills the process when the THREAD that started it ends (PR_SET_PDEATHSIG), so start
/// only from a thread that lives as long as the processes. The destructor kills what still runs.
class Process {
 public:
  /// Returns after the exec has succeeded. NotFound or Retry with the words of the kernel.
  static Result<Process> start(const ProcessSpec& spec);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  /// Leader of its own session and process group of the same number.
  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Readable for poll(2) when the process has ended.
  [[nodiscard]] int pidfd() const { return pidfd_.get(); }
  /// To the process alone, as container runtimes do it.
  void signal(int number) const;
  /// SIGKILL to everything in its process group.
  void kill_group() const;
  /// Set when the process has ended: what it left in its group is killed and it is reaped.
  std::optional<ProcessExit> poll_exit();

 private:
  Process(pid_t pid, FileDescriptor pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
  pid_t pid_ = -1;  ///< -1 once reaped
  FileDescriptor pidfd_;
};

/// The path of `name`: itself when it has a slash, else in `beside`, else along `search_path`
/// (colon-separated). NotFound, naming the places, when there is no such executable.
Result<std::string> find_program(const std::string& name, const std::string& beside, const std::string& search_path);

}  // namespace visionops::local
