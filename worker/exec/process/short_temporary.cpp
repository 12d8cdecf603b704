#include "worker/exec/process/short_temporary.h"

#include <stdlib.h>

#include <algorithm>
#include <string_view>
#include <system_error>

namespace visionops::exec {
namespace {

constexpr std::string_view kVariable = "TMPDIR=";
/// What Python puts behind it: "/pymp-xxxxxxxx/listener-xxxxxxxx".
constexpr std::size_t kRoomForSockets = 40;
constexpr std::size_t kSocketName = 107;

std::filesystem::path own_folder() {
  std::string pattern = "/tmp/visionops-XXXXXX";
  return ::mkdtemp(pattern.data()) == nullptr ? std::filesystem::path() : std::filesystem::path(pattern);
}

}  // namespace

ShortTemporary::ShortTemporary(std::vector<std::string>& environment) {
  const auto variable = std::ranges::find_if(environment, [](const auto& line) { return line.starts_with(kVariable); });
  if (variable == environment.end()) return;
  const std::filesystem::path place = variable->substr(kVariable.size());
  std::error_code failure;
  std::filesystem::create_directories(place, failure);
  if (failure || place.native().size() + kRoomForSockets <= kSocketName) return;
  folder_ = own_folder();
  if (folder_.empty()) return;
  const auto link = folder_ / "t";
  std::filesystem::create_directory_symlink(place, link, failure);
  if (!failure) *variable = std::string(kVariable) + link.string();
}

ShortTemporary::~ShortTemporary() {
  if (folder_.empty()) return;
  std::error_code ignored;  // a folder in /tmp that stays harms nobody
  std::filesystem::remove(folder_ / "t", ignored);
  std::filesystem::remove(folder_, ignored);
}

}  // namespace visionops::exec
