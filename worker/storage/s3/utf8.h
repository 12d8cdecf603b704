// Names of objects are UTF-8; names of files need not be.
#pragma once

#include <string_view>

namespace visionops::storage {

/// Whether `text` is well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace visionops::storage
