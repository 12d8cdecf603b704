#include "operator/local/kubelet/container_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace visionops::local {
namespace {

/// Without a system call per buffer of ours; both files are on the same file system.
Status copy_range(int from, off_t offset, off_t bytes, int into, const std::filesystem::path& path) {
  while (bytes > 0) {
    const ssize_t n = ::copy_file_range(from, &offset, into, nullptr, static_cast<std::size_t>(bytes), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("cannot write", path);
    if (n == 0) break;
    bytes -= n;
  }
  return {};
}

}  // namespace

Result<FileDescriptor> open_log(const PodFolder& folder, const std::string& container) {
  // Processes of the Pod can reach the name: a pipe in its place must not hold up the node.
  return open_file(folder.log(container), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK);
}

Status bound_log(const PodFolder& folder, const std::string& container, std::size_t limit) {
  const auto path = folder.log(container);
  auto log = open_file(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  if (!log) return log.error();
  struct stat info {};
  if (::fstat(log->get(), &info) != 0) return system_error("cannot examine", path);
  if (!S_ISREG(info.st_mode) || info.st_size <= static_cast<off_t>(limit)) return {};
  const auto old_path = folder.old_log(container);
  auto old_log = open_file(old_path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK);
  if (!old_log) return old_log.error();
  const auto kept = static_cast<off_t>(limit / 2);
  auto copied = copy_range(log->get(), info.st_size - kept, kept, old_log->get(), old_path);
  // Also when the copy failed: a full disk is the case for which the bound exists.
  if (::ftruncate(log->get(), 0) != 0) return system_error("cannot cut", path);
  return copied;
}

}  // namespace visionops::local
