#include "worker/exec/follow/open_bytes.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "worker/exec/follow/job_folder.h"
#include "worker/storage/beneath/system_error.h"

namespace visionops::exec {

std::uint64_t OpenBytes::size() const {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, mark_of(file_).size));
}

Result<std::string> OpenBytes::read(std::uint64_t offset, std::size_t length) const {
  std::string out(length, '\0');
  std::size_t filled = 0;
  while (filled < length) {
    const ssize_t n = ::pread(file_, out.data() + filled, length - filled, static_cast<off_t>(offset + filled));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return storage::system_error(errno, path_);
    if (n == 0) break;
    filled += static_cast<std::size_t>(n);
  }
  out.resize(filled);
  return out;
}

}  // namespace visionops::exec
