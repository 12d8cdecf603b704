// What a file holds that is none of the images that are read, for messages. PURE.
#pragma once

#include <string_view>

namespace visionops::annotations {

/// "AVIF", "a pointer of Git LFS ..."; "" for what is not known either. `prefix`: the first bytes of the file.
std::string_view foreign_kind(std::string_view prefix);

}  // namespace visionops::annotations
