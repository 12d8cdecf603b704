// Names whose letters may be in any case: Windows and macOS do not tell Labels/A.TXT from labels/a.txt. PURE.
#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace visionops::dataset_folder {

/// ASCII letters in lower case.
inline std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

/// Whether `path` ends with `suffix`, which is in lower case: ".txt".
inline bool has_suffix(std::string_view path, std::string_view suffix) {
  return path.size() >= suffix.size() && lower(path.substr(path.size() - suffix.size())) == suffix;
}

}  // namespace visionops::dataset_folder
