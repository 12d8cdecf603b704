// SHA-256 as S3 writes it (base64) and as VisionOps does (hex).
#pragma once

#include <string>
#include <string_view>

namespace visionops::storage {

/// `hex` is 64 hex digits.
std::string checksum_of_sha256(std::string_view hex);
/// 64 hex digits; empty when `checksum` is none of all bytes (multipart: a checksum of checksums, with "-N").
std::string sha256_of_checksum(std::string_view checksum);

}  // namespace visionops::storage
