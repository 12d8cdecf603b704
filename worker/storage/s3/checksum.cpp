#include "worker/storage/s3/checksum.h"

#include <cstdint>

namespace visionops::storage {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kChecksumLength = 44;  // 32 bytes in base64, with one '='

}  // namespace

std::string checksum_of_sha256(std::string_view hex) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : hex) {
    bits = (bits << 4) | static_cast<std::uint32_t>(kHex.find(c));
    count += 4;
    if (count >= 6) {
      count -= 6;
      out += kAlphabet[(bits >> count) & 63];
    }
  }
  if (count > 0) out += kAlphabet[(bits << (6 - count)) & 63];
  while (out.size() % 4 != 0) out += '=';
  return out;
}

std::string sha256_of_checksum(std::string_view checksum) {
  if (checksum.size() != kChecksumLength || checksum.back() != '=') return {};
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : checksum.substr(0, kChecksumLength - 1)) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) return {};
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    count += 6;
    while (count >= 4 && out.size() < 2 * kDigestBytes) {
      count -= 4;
      out += kHex[(bits >> count) & 15];
    }
  }
  return out;
}

}  // namespace visionops::storage
