// Ends the children of our children when we are killed.
//
// PR_SET_PDEATHSIG reaches only what we started ourselves. The guard is a small process that knows
// the process groups of all Pods and sleeps on a socket; when the kernel closes our end, by exit or
// by kill -9, it kills those groups and ends.
#pragma once

#include <sys/types.h>

#include "base/posix/small_files.h"
#include "base/result.h"

namespace visionops::local {

/// One thread at a time.
class ProcessGuard {
 public:
  static Result<ProcessGuard> start();
  ProcessGuard(ProcessGuard&& other) noexcept;
  ProcessGuard& operator=(ProcessGuard&&) = delete;
  /// Ends the guard and with it every group that was not removed.
  ~ProcessGuard();

  /// Best effort: when the guard itself was killed, leftovers are found at the next start
  /// (leftover_processes.h).
  void add(pid_t group);
  /// At once when the group's leader is reaped: from then on the number may mean somebody else.
  void remove(pid_t group);

 private:
  ProcessGuard(pid_t pid, FileDescriptor socket) : pid_(pid), socket_(std::move(socket)) {}
  void send(pid_t signed_group);
  pid_t pid_ = -1;
  FileDescriptor socket_;
};

}  // namespace visionops::local
