// Which process owns a data folder right now, whether it answers or not.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace visionops::local {

/// Its number as it wrote it ("?": it has not yet); nothing: nobody does. Who takes the folder in the same moment may
/// be told once that it is in use.
std::optional<std::string> holder_of(const std::filesystem::path& data);

}  // namespace visionops::local
