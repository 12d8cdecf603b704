// Ordering of resourceVersions (KEP-5647: decimal, comparable within a kind).
#pragma once

#include <cstdint>
#include <string_view>

namespace visionops::runtime {

/// 0 for anything that is not a decimal number: such a version orders before all others.
std::uint64_t version_number(std::string_view resource_version);

}  // namespace visionops::runtime
