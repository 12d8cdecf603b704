// Patterns and bounds that several kinds share, with the words a person reads when they fail.
#pragma once

#include <cstddef>

namespace visionops::api {

/// Names of groups, stores and queues: an RFC 1123 label.
inline constexpr const char* kLabelPattern = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";
inline constexpr const char* kLabelWords =
    "must be lower-case letters, digits and '-', and begin and end with a letter or digit";

/// Names of resources: an RFC 1123 subdomain.
inline constexpr const char* kNamePattern = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
inline constexpr const char* kNameWords =
    "must be lower-case letters, digits, '-' and '.', and begin and end with a letter or digit";

/// A group is a part of Dataset names ("GROUP-SPLIT-VERSION", which must fit kMaxName).
inline constexpr std::size_t kMaxGroup = 40;
/// Names stand in labels of children, where Kubernetes allows 63 characters.
inline constexpr std::size_t kMaxName = 63;
inline constexpr std::size_t kMaxVersion = 15;
inline constexpr std::size_t kMaxStore = 57;  // the volume claim is named "store-NAME"

inline constexpr std::size_t kMaxDeclaredStore = 40;
inline constexpr std::size_t kMaxProfile = 63;

inline constexpr const char* kVersionPattern = "^v[0-9]{1,4}[.][0-9]{1,4}[.][0-9]{1,4}$";
inline constexpr const char* kVersionWords = "must look like v1.0.0 (three numbers of at most 4 digits)";

inline constexpr std::size_t kMaxPath = 255;
inline constexpr const char* kPathPattern = "^[^/\\\\%[:cntrl:]]+(/[^/\\\\%[:cntrl:]]+)*/?$";
inline constexpr const char* kPathWords =
    "must be a folder inside the store: relative, without empty parts, backslash, '%' or control characters";
inline constexpr const char* kPathRule =
    "self.split('/').all(part, part != '.' && part != '..' && part != '.visionops')";
inline constexpr const char* kPathRuleWords =
    "must not have \".\", \"..\" or \".visionops\" as a part: stores have no outside, and that folder is the "
    "platform's";

/// Quantities of Kubernetes; base/quantity.h reads them.
inline constexpr const char* kQuantityPattern = "^[0-9]{1,15}([.][0-9]{1,9})?([numkMGTPE]|[KMGTPE]i|[eE][0-9])?$";
inline constexpr const char* kQuantityWords = "must be a quantity of Kubernetes such as \"4\", \"500m\" or \"16Gi\"";
inline constexpr const char* kPositiveQuantityRule = "quantity(self).isGreaterThan(quantity('0'))";
inline constexpr const char* kPositiveQuantityWords = "must be greater than zero";

inline constexpr double kMaxSeed = 9007199254740991;  // 2^53 - 1: exact in every JSON reader

inline constexpr const char* kDigestPattern = "^sha256:[0-9a-f]{64}$";
inline constexpr const char* kDigestWords = "must be \"sha256:\" and 64 lower-case hex digits";

inline constexpr const char* kMetricPattern = "^[A-Za-z0-9_][A-Za-z0-9_./@:()-]*$";
inline constexpr const char* kMetricWords = "must be letters, digits and _./@:()-, as the runtime names its metrics";

}  // namespace visionops::api
