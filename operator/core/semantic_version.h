// Versions of Datasets: "v1.0.0", compared and counted up as semver.org orders the three numbers.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace visionops::core {

struct SemanticVersion {
  std::int64_t major = 0, minor = 0, patch = 0;
  auto operator<=>(const SemanticVersion&) const = default;
};

/// "v1.2.3" or "1.2.3"; nullopt for anything else (pre-release tags are not part of our versions).
std::optional<SemanticVersion> parse_version(std::string_view text);
std::string to_string(const SemanticVersion& version);
SemanticVersion next_patch(const SemanticVersion& version);
inline constexpr SemanticVersion kFirstVersion{1, 0, 0};

}  // namespace visionops::core
