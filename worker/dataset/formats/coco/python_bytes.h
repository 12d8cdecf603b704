// "b'Qh0\\9k0'": what Python's str() makes of bytes. PURE.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace visionops::annotations {

/// The bytes; nothing when `text` is not such a text.
std::optional<std::string> python_bytes(std::string_view text);

}  // namespace visionops::annotations
