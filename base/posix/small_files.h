// Small file operations with errors for people. Every descriptor is close-on-exec, so that no Pod process inherits one.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/posix/file_descriptor.h"
#include "base/result.h"

namespace visionops {

/// "cannot open /a/b: Permission denied" for the current errno. Class: NotFound for ENOENT, else Retry.
Error system_error(const std::string& what, const std::filesystem::path& path);

/// open(2) with O_CLOEXEC added.
Result<FileDescriptor> open_file(const std::filesystem::path& path, int flags, unsigned mode = 0644);

/// Writes all bytes or fails; on failure a part may have been written.
Status write_all(int fd, std::string_view bytes, const std::filesystem::path& path);

/// The whole file; Invalid when it is larger than `limit` bytes.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit);

/// At most the last `limit` bytes of a regular file that nobody trusts: no link is followed, a FIFO
/// or device never blocks. Anything else than a readable regular file gives an empty string.
std::string read_untrusted_tail(const std::filesystem::path& path, std::size_t limit);
/// The same from the beginning.
std::string read_untrusted_head(const std::filesystem::path& path, std::size_t limit);

/// fsync of a folder, so that a rename in it survives a power cut.
Status sync_folder(const std::filesystem::path& folder);

/// mkdir -p.
Status make_folders(const std::filesystem::path& folder);

}  // namespace visionops
