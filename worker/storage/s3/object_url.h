// Addresses of objects and queries in the one spelling that AWS SigV4 signs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "worker/contract/store_location.h"

namespace visionops::storage {

/// Name and value, both not yet encoded. A name without a value ("uploads") has "".
using Query = std::vector<std::pair<std::string, std::string>>;

/// Everything but A-Z a-z 0-9 - . _ ~ becomes %XX; '/' too unless `keep_slash`.
std::string uri_encode(std::string_view text, bool keep_slash);
/// The way back, of listings with encoding-type=url: %XX, and '+' for a space. nullopt when malformed.
std::optional<std::string> uri_decode(std::string_view text);
/// `key` is a whole key with the prefix of the store; empty: the bucket itself.
std::string object_url(const contract::S3Location& location, const std::string& key, Query query);

}  // namespace visionops::storage
