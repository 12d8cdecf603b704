// The JSON tree used at the edges. Include base/json_fwd.h in headers.
#pragma once
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/json_fwd.h"
#include "base/result.h"

namespace visionops {

/// Deeper documents are refused: the tree is walked and copied by recursion.
inline constexpr std::size_t kMaxJsonDepth = 64;

/// Never throws. Invalid with the byte offset for malformed text, invalid UTF-8, numbers beyond
/// double, and nesting deeper than `max_depth`. A key that stands twice keeps its last value.
Result<Json> parse_json(std::string_view text, std::size_t max_depth = kMaxJsonDepth);

/// Canonical text: keys sorted, no spaces; bytes that are not UTF-8 become U+FFFD. Never throws for
/// a tree that parse_json accepts. NaN and infinity become null.
std::string dump_json(const Json& json);

/// Whether the tree is nested at most `limit` levels deep; a scalar has depth 1.
bool within_depth(const Json& json, std::size_t limit);

/// The text of a member; empty when the member is absent or no text.
std::string text_of(const Json& object, const char* key);

}  // namespace visionops
