#include "operator/record/database_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace visionops::record {
namespace {

namespace fs = std::filesystem;

Error system_error(const std::string& what) { return retry_error(what + ": " + std::strerror(errno)); }

}  // namespace

Status make_private_folder(const fs::path& folder, uid_t owner, gid_t group) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return system_error("mkdir " + folder.string());
  const FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return system_error("open " + folder.string());
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return system_error("stat " + folder.string());
  if (info.st_uid != owner && info.st_uid != ::geteuid()) {
    return invalid_error(folder.string() + " belongs to another user");
  }
  if (info.st_uid != owner && ::fchown(fd.get(), owner, group) != 0) return system_error("chown " + folder.string());
  if (::fchmod(fd.get(), 0700) != 0) return system_error("chmod " + folder.string());
  return {};
}

Result<FolderLock> lock_database(const fs::path& folder) {
  auto lock = FolderLock::acquire(folder / "owner.lock");
  if (lock || lock.error().cls != ErrorClass::Conflict) return lock;
  return conflict_error("the database in " + folder.string() + " " + lock.error().message);
}

std::string first_line_of(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

std::string last_line_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  const auto size = in.tellg();
  if (size <= 0) return {};
  const auto tail = std::min<std::streamoff>(size, 4096);
  std::string text(static_cast<std::size_t>(tail), '\0');
  in.seekg(-tail, std::ios::end);
  in.read(text.data(), tail);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace visionops::record
