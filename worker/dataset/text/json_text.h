// JSON as text: strict checking, and writing of strings and numbers. For text that is kept as it is (unknown keys)
// and for files that are too large for a tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace visionops::annotations {

/// Deeper values are refused wherever annotation files are read.
inline constexpr std::size_t kMaxDepth = 64;

struct JsonFault {
  std::size_t offset = 0;  ///< in the checked text
  std::string message;
};

/// The first thing that makes `text` not exactly one JSON value (RFC 8259) with optional white space around it: also
/// invalid UTF-8, unpaired surrogates, numbers beyond double, nesting deeper than kMaxDepth.
/// Keys that stand twice in one object are not looked for.
std::optional<JsonFault> find_json_fault(std::string_view text);

/// `value` (UTF-8) with quotes; only what must be escaped is escaped.
void append_json_string(std::string& out, std::string_view value);
/// The shortest text that reads back as the same double; `value` must be finite. Whole numbers have no ".0".
void append_json_number(std::string& out, double value);
void append_json_number(std::string& out, std::int64_t value);

}  // namespace visionops::annotations
