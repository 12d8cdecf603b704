// The folder of a private database: who may enter it, and who owns it right now.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "base/posix/folder_lock.h"
#include "base/result.h"

namespace visionops::record {

/// Makes `folder` with mode 0700 for `owner`, or takes one that is there and is a real folder of ours or
/// theirs. Invalid when it belongs to somebody else.
Status make_private_folder(const std::filesystem::path& folder, uid_t owner, gid_t group);

/// Two owners would fight over one server. Not inherited by the server. Conflict when another process has it.
Result<FolderLock> lock_database(const std::filesystem::path& folder);

/// Empty when the file is not there.
std::string first_line_of(const std::filesystem::path& file);
/// Of the last 4 KiB; empty when the file is not there.
std::string last_line_of(const std::filesystem::path& file);

}  // namespace visionops::record
