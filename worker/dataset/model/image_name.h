// File names of images as annotation files write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/relative_path.h"

namespace visionops::annotations {

/// Without leading "./".
inline std::string_view plain_image_name(std::string_view file_name) {
  while (file_name.starts_with("./")) file_name.remove_prefix(2);
  return file_name;
}

/// Why `file_name` may not be used below a folder.
inline std::optional<std::string> image_name_problem(std::string_view file_name) {
  return relative_path_problem(plain_image_name(file_name));
}

}  // namespace visionops::annotations
