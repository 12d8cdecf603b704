// The log file of a container: its stdout and stderr, bounded.
#pragma once

#include <cstddef>
#include <string>

#include "base/posix/small_files.h"
#include "base/result.h"
#include "operator/local/kubelet/pod_folder.h"

namespace visionops::local {

/// Opened for appending, created when missing.
Result<FileDescriptor> open_log(const PodFolder& folder, const std::string& container);

/// When the log is larger than `limit` bytes its second half becomes NAME.log.1 and the log starts
/// anew; the process goes on writing into the same file. Called about once a second, so a burst may
/// overshoot until the next call, and what is written during the copy may be lost.
Status bound_log(const PodFolder& folder, const std::string& container, std::size_t limit);

}  // namespace visionops::local
