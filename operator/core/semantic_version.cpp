#include "operator/core/semantic_version.h"

#include <array>
#include <charconv>

namespace visionops::core {

std::optional<SemanticVersion> parse_version(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  SemanticVersion out;
  const std::array<std::int64_t*, 3> parts{&out.major, &out.minor, &out.patch};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0 && (at == end || *at++ != '.')) return std::nullopt;
    if (at == end || *at < '0' || *at > '9') return std::nullopt;
    const auto [next, error] = std::from_chars(at, end, *parts[i]);
    // room for counting up without overflow
    if (error != std::errc{} || *parts[i] > 1'000'000'000) return std::nullopt;
    at = next;
  }
  if (at != end) return std::nullopt;
  return out;
}

std::string to_string(const SemanticVersion& version) {
  return "v" + std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
         std::to_string(version.patch);
}

SemanticVersion next_patch(const SemanticVersion& version) { return {version.major, version.minor, version.patch + 1}; }

}  // namespace visionops::core
