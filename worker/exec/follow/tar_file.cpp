#include "worker/exec/follow/tar_file.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string_view>
#include <utility>

namespace visionops::exec {

namespace {

constexpr std::size_t kBlock = 512;
// Offsets and lengths of the fields (POSIX.1-2017, pax, ustar interchange format).
constexpr std::size_t kName = 0, kNameLength = 100;
constexpr std::size_t kMode = 100;
constexpr std::size_t kOwner = 108;
constexpr std::size_t kGroup = 116;
constexpr std::size_t kSize = 124, kSizeLength = 12;
constexpr std::size_t kTime = 136;
constexpr std::size_t kChecksum = 148, kChecksumLength = 8;
constexpr std::size_t kType = 156;
constexpr std::size_t kMagic = 257;
constexpr std::size_t kPrefix = 345, kPrefixLength = 155;
constexpr std::int64_t kLargestOctal = 077777777777;

void put(std::string& header, std::size_t at, std::string_view text) {
  std::ranges::copy(text, header.begin() + static_cast<std::ptrdiff_t>(at));
}

/// `digits` octal digits.
std::string octal(std::int64_t value, std::size_t digits) {
  std::string out(digits, '0');
  for (auto it = out.rbegin(); it != out.rend(); ++it, value >>= 3) *it = static_cast<char>('0' + (value & 7));
  return out;
}

/// Sizes beyond 8 GiB in base 256, as GNU tar and Python write and read them.
std::string size_field(std::int64_t size) {
  if (size <= kLargestOctal) return octal(size, kSizeLength - 1);
  std::string out(kSizeLength, '\0');
  for (std::size_t i = kSizeLength; i-- > 1; size >>= 8) out[i] = static_cast<char>(size & 0xff);
  out[0] = static_cast<char>(0x80);
  return out;
}

/// Prefix and name of a long path, parted at a '/'.
Result<std::pair<std::string, std::string>> parted(const std::string& path) {
  if (path.size() <= kNameLength) return std::pair(std::string(), path);
  for (auto slash = path.find('/'); slash != std::string::npos && slash <= kPrefixLength;
       slash = path.find('/', slash + 1)) {
    if (path.size() - slash - 1 <= kNameLength) return std::pair(path.substr(0, slash), path.substr(slash + 1));
  }
  return invalid_error(path + ": is too long a name for a tar file");
}

}  // namespace

Result<std::string> tar_header(const std::string& name, std::int64_t size) {
  const auto names = parted(name);
  if (!names) return names.error();
  std::string header(kBlock, '\0');
  put(header, kName, names->second);
  put(header, kPrefix, names->first);
  put(header, kMode, "0000644");
  put(header, kOwner, "0000000");
  put(header, kGroup, "0000000");
  put(header, kSize, size_field(size));
  put(header, kTime, "00000000000");
  put(header, kType, "0");
  put(header, kMagic, std::string_view("ustar\00000", 8));
  put(header, kChecksum, std::string(kChecksumLength, ' '));
  const auto sum = std::accumulate(header.begin(), header.end(), std::int64_t{0},
                                   [](std::int64_t all, char c) { return all + static_cast<unsigned char>(c); });
  put(header, kChecksum, octal(sum, 6) + std::string("\0 ", 2));
  return header;
}

std::string tar_padding(std::int64_t size) {
  const auto rest = static_cast<std::size_t>(size) % kBlock;
  return std::string(rest == 0 ? 0 : kBlock - rest, '\0');
}

std::string tar_end() { return std::string(2 * kBlock, '\0'); }

}  // namespace visionops::exec
