#include "worker/contract/checkpoint_index.h"

#include <algorithm>
#include <string_view>

#include "worker/contract/run_spec.h"

namespace visionops::contract {

namespace {

constexpr std::string_view kDigestPrefix = "sha256:";
constexpr std::size_t kHexDigits = 64;

bool is_hex_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

/// The folder two levels up; empty when there is none.
std::string_view namespace_of(std::string_view path) {
  for (int level = 0; level < 2; ++level) path = path.substr(0, std::min(path.rfind('/'), path.size()));
  return path.find('/') == std::string_view::npos ? std::string_view() : path;
}

}  // namespace

std::string checkpoint_index_path(const std::string& checkpoint_path, const std::string& digest) {
  std::string_view hex = digest;
  if (hex.starts_with(kDigestPrefix)) hex.remove_prefix(kDigestPrefix.size());
  const auto folder = namespace_of(checkpoint_path);
  if (folder.empty() || hex.size() != kHexDigits || !std::ranges::all_of(hex, is_hex_digit)) return {};
  return std::string(folder) + "/" + kPlatformFolder + "/models/" + std::string(hex) + ".json";
}

}  // namespace visionops::contract
