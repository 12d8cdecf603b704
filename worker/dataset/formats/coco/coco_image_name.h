// Names of images as other systems write them: "C:\data\a.jpg", "/home/me/a.jpg", "https://host/a.jpg?size=2",
// "../images/a.jpg". PURE.
#pragma once

#include <string>
#include <string_view>

namespace visionops::annotations {

/// The part of `name` that can stand below a folder: slashes instead of backslashes, without scheme and host, drive,
/// root, and what leads out of a folder. "" when nothing is left. Whether it is safe is for image_name_problem to say.
std::string portable_image_name(std::string_view name);

/// "%20" -> " "; unchanged when nothing is escaped, or when an escape is malformed.
std::string percent_decoded(std::string_view name);

}  // namespace visionops::annotations
