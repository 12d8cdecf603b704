// Opening a path below a directory so that nothing outside of it can be reached: openat2(2) with
// RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS, or a walk by components where the
// kernel (< 5.6) or a seccomp profile does not have it.
#pragma once

#include <string>

#include "base/posix/file_descriptor.h"
#include "base/result.h"

namespace visionops::storage {

/// `path` must have passed check_relative_path, or be "" for the directory itself.
/// `flags` as for open(2); O_CLOEXEC is added, and a link at the end is refused like one on the way. `mode` counts for
/// O_TMPFILE and O_CREAT.
Result<FileDescriptor> open_beneath(int directory, const std::string& path, int flags, unsigned mode = 0);

/// The fallback of open_beneath, with the same promises: every component is opened with O_NOFOLLOW.
Result<FileDescriptor> open_beneath_by_walk(int directory, const std::string& path, int flags, unsigned mode = 0);

/// Opens a folder; creates the missing ones on the way when `create`.
Result<FileDescriptor> open_folder(int directory, const std::string& path, bool create);

/// Opens a regular file for reading. Devices, pipes and sockets are Invalid; opening never blocks.
Result<FileDescriptor> open_regular_file(int directory, const std::string& path);

}  // namespace visionops::storage
