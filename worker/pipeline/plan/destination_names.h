// Names of the output images: safe, unique, and as near to the name in the source as possible. PURE.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "worker/dataset/model/format_writer.h"

namespace visionops::pipeline {

/// Where the images of a dataset lie in its folder.
inline constexpr std::string_view kImagesFolder = "images/";

struct Destination {
  std::string path;    ///< inside the dataset folder, "images/a.jpg"
  std::string reason;  ///< why the name changed; "" when it did not
};

/// "images/" and the name with every component made safe: no empty, "." or ".." component, no control
/// character, backslash or invalid UTF-8, at most 255 bytes a component (cut names get 8 hex digits of
/// the hash of the whole) and 1024 altogether. A leading "images/" of the name is not doubled.
std::string safe_destination(std::string_view file_name);

/// One destination for each name, in order. The first claimant keeps a name; later ones get "-2", "-3", ...
/// before the suffix, never a name that anybody else wants. Names that differ only in ASCII case collide,
/// because the dataset may be unpacked where they do; with a text file for each image (nullptr: there is none) also
/// names that would share one.
std::vector<Destination> destination_names(const std::vector<std::string>& file_names,
                                           const annotations::ImageTextFile* image_file);

}  // namespace visionops::pipeline
