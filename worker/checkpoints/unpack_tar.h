// A checkpoint that is a folder is stored as one tar file (docs/decisions/0026); this is the way back. What is in it
// comes from a trainer that nobody trusts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace visionops::checkpoints {

inline constexpr std::size_t kMostTarEntries = 65'536;

/// Whether the file begins like a POSIX tar (ustar): a .tar may as well be what torch.save wrote.
bool is_tar(const std::filesystem::path& file);

/// Unpacks `file` into `folder`, which must not be there yet, and returns the name of the one folder in it that
/// everything stands in; "" when there is no such folder. Regular files (mode 0644) and folders alone, below `folder`
/// alone: a link, a device, a path that leads elsewhere, a second file of one name, a damaged header or more than
/// kMostTarEntries is Invalid and names the entry. Names are those of ustar; extensions for longer ones are Invalid.
/// Retry when the disk fails. What was unpacked until an error stays.
Result<std::string> unpack_tar(const std::filesystem::path& file, const std::filesystem::path& folder);

}  // namespace visionops::checkpoints
