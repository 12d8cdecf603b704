// Lexical check of untrusted relative paths: file names in annotation files, paths in stores.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace visionops {

/// The reason why `path` may not be used below a folder; nullopt when it may.
/// Accepted: 1..4096 bytes, components of 1..255 bytes joined by '/'. Refused: absolute paths, ".", "..",
/// empty components, backslashes, control characters (a path stands in line-oriented files), and
/// Windows drive letters ("C:..."), which other tools would follow out of the folder.
/// Says nothing about links: those are refused when the path is opened (worker/storage).
std::optional<std::string> relative_path_problem(std::string_view path);

}  // namespace visionops
