// Keys of labels, annotations and node labels: how they look, and which of them on a Pod of ours are not the
// administrator's. PURE.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace visionops::api {

inline constexpr const char* kKeyPattern =
    "^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/"
    ")?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$";
inline constexpr const char* kKeyWords =
    "must be a name of at most 63 letters, digits and -_. that may stand behind a domain and '/'";
inline constexpr std::size_t kMaxKey = 317;
inline constexpr const char* kLabelValuePattern = "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$";
inline constexpr const char* kLabelValueWords =
    "must be letters, digits and -_., and begin and end with a letter or digit";
inline constexpr std::size_t kMaxLabelValue = 63;

/// Why `key` is refused on Pods: the operator, the Job controller or Kueue set it and read it back, or it changes what
/// a container may do.
std::optional<std::string> why_reserved(std::string_view key);

}  // namespace visionops::api
