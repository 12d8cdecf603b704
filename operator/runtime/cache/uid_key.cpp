#include "operator/runtime/cache/uid_key.h"

#include <charconv>
#include <optional>
#include <string>

namespace visionops::runtime {
namespace {

constexpr std::size_t kUuidSize = 36;

bool is_dash_place(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

bool is_small_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

/// Small letters only: another spelling is another text, so it must not be the same number.
std::optional<UidKey> uuid(std::string_view text) {
  if (text.size() != kUuidSize) return std::nullopt;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_dash_place(i) ? text[i] != '-' : !is_small_hex(text[i])) return std::nullopt;
    if (!is_dash_place(i)) digits += text[i];
  }
  UidKey key;
  const char* middle = digits.data() + 16;
  std::from_chars(digits.data(), middle, key.high, 16);
  std::from_chars(middle, middle + 16, key.low, 16);
  return key;
}

/// FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/
std::uint64_t fnv(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

}  // namespace

UidKey uid_key(std::string_view uid) {
  if (const auto number = uuid(uid)) return *number;
  return {fnv(0xcbf29ce484222325ULL, uid), fnv(0x9e3779b97f4a7c15ULL, uid)};
}

}  // namespace visionops::runtime
