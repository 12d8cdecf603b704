// Where a store that is a folder lies, for programs that read its files by their paths.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace visionops::storage {

/// $VISIONOPS_STORES/NAME (default /stores/NAME), absolute; nullopt for a bucket, and for a name that is none.
std::optional<std::filesystem::path> folder_of_store(const std::string& name);

}  // namespace visionops::storage
