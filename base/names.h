// Kubernetes names: checks and deterministic child names.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace visionops {

/// RFC 1123 label: lower-case alphanumerics and '-', 1..63 characters, starts and ends alphanumeric.
bool is_dns_label(std::string_view name);
/// RFC 1123 subdomain: labels joined by '.', at most 253 characters.
bool is_dns_subdomain(std::string_view name);

/// A deterministic child name "<parent>-<suffix>" of at most `limit` characters. When the parent
/// is too long it is cut and 8 hex digits of its SHA-256 keep the result unique.
/// Dots of the parent become '-' so that the result is a DNS label; the digits tell it from a parent that has a '-'
/// there.
std::string child_name(std::string_view parent, std::string_view suffix, std::size_t limit = 63);

/// Levenshtein distance; used for "did you mean" hints. Bounded: inputs are cut to 64 bytes.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace visionops
