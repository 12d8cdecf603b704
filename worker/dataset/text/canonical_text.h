// Texts that look the same and are written with other characters: "é" as one or as two (macOS), "A" and "a". PURE.
#pragma once

#include <string>
#include <string_view>

namespace visionops::annotations {

/// `text` (UTF-8) with every character taken apart as far as Unicode says (NFD, without its order of several marks; the
/// Basic Multilingual Plane). Bytes that are no UTF-8 stay.
std::string decomposed(std::string_view text);

/// Of a decomposed text: Latin, Greek and Cyrillic letters in lower case.
std::string without_case(std::string_view text);

}  // namespace visionops::annotations
