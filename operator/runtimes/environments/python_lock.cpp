#include "operator/runtimes/environments/python_lock.h"

#include <algorithm>

#include "base/digest.h"

namespace visionops::runtimes {

std::string_view lock_file(std::string_view name) {
  const auto files = lock_files();
  const auto it = std::ranges::find(files, name, &LockFile::name);
  return it == files.end() ? std::string_view{} : it->text;
}

std::string lock_digest(std::string_view text) {
  constexpr std::size_t kDigits = 16;
  return sha256_hex(text).substr(0, kDigits);
}

std::string_view cpu_part(std::string_view text) { return text.substr(0, text.find("# --cpu leaves out:")); }

std::size_t count_packages(std::string_view text) {
  std::size_t count = 0;
  for (auto at = text.find("=="); at != std::string_view::npos; at = text.find("==", at + 2)) ++count;
  return count;
}

}  // namespace visionops::runtimes
