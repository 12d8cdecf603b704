#include "operator/runtime/cache/resource_version.h"

#include <charconv>

namespace visionops::runtime {

std::uint64_t version_number(std::string_view text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stop == end ? number : 0;
}

}  // namespace visionops::runtime
