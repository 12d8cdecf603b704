// Kubernetes resource quantities ("4", "500m", "16Gi", "1.5G", "1e3").
// Source: k8s.io/apimachinery resource.Quantity, decimal and binary suffixes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace visionops {

/// Value in thousandths of the unit (cores or bytes), rounded up; nullopt when malformed, negative or
/// out of range. At most 18 significant digits.
std::optional<std::int64_t> parse_quantity_milli(std::string_view text);
/// Whole units, rounded up as Kubernetes does.
std::optional<std::int64_t> parse_quantity(std::string_view text);
/// "1.4 MiB" style for people; bytes >= 0.
std::string format_bytes(std::int64_t bytes);

}  // namespace visionops
