// Texts that were saved as UTF-16, as PowerShell and Notepad do, for readers of UTF-8. PURE.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace visionops::annotations {

enum class Utf16 { LittleEndian, BigEndian };

/// The order of the bytes when `text` is UTF-16 for certain: by its byte order mark, or, without one, because every
/// second byte of its first kilobyte is zero, as in a text of ASCII. nullopt for anything else.
std::optional<Utf16> utf16_order(std::string_view text);

/// The same text as UTF-8, without its mark; nullopt when half a character or half a pair stands in it.
std::optional<std::string> utf8_of(std::string_view text, Utf16 order);

}  // namespace visionops::annotations
