#include "base/posix/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "base/readable_text.h"

namespace visionops::local {

Result<FolderLock> FolderLock::acquire(const std::filesystem::path& file) {
  auto fd = open_file(file, O_RDWR | O_CREAT);
  if (!fd) return fd.error();
  if (::flock(fd->get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_error("cannot lock", file);
    const std::string owner = last_lines(read_untrusted_head(file, 32), 1, 32);
    return conflict_error(file.parent_path().string() + " is in use by process " + (owner.empty() ? "?" : owner) +
                          "; stop it first or choose another data folder");
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd->get(), 0) != 0) return system_error("cannot write", file);
  if (auto written = write_all(fd->get(), pid, file); !written) return written.error();
  return FolderLock(std::move(*fd));
}

}  // namespace visionops::local
