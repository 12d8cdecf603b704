#include "operator/local/holder.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cctype>
#include <cerrno>

#include "base/posix/small_files.h"

namespace visionops::local {

std::optional<std::string> holder_of(const std::filesystem::path& data) {
  constexpr std::size_t kMostDigits = 20;
  const auto file = data / "cluster" / "lock";
  const auto fd = open_file(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!fd) return std::nullopt;
  if (::flock(fd->get(), LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK) return std::nullopt;
  const std::string text = read_untrusted_head(file, kMostDigits);
  const auto end = std::ranges::find_if_not(text, [](unsigned char c) { return std::isdigit(c) != 0; });
  const std::string digits(text.begin(), end);
  return digits.empty() ? "?" : digits;
}

}  // namespace visionops::local
