#include "base/posix/file_descriptor.h"

#include <unistd.h>

namespace visionops {

void FileDescriptor::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

}  // namespace visionops
