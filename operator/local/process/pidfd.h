// pidfd_open(2) and pidfd_send_signal(2). The C library's own header (glibc 2.36) lacks the linkage
// that C++ needs, and later ones only wrap the same system calls.
#pragma once

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

namespace visionops::local {

/// A close-on-exec descriptor of the process, or -1 with errno.
inline int open_pidfd(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

/// 0, or -1 with errno. Reaches exactly the process that the descriptor was opened for.
inline int send_pidfd_signal(int pidfd, int number) {
  return static_cast<int>(::syscall(SYS_pidfd_send_signal, pidfd, number, nullptr, 0));
}

}  // namespace visionops::local
