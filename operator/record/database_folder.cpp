#include "operator/record/database_folder.h"

#include <fcntl.h>
#include <sys/file.h>
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
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return system_error("open " + folder.string());
  struct stat info {};
  Status status;
  if (::fstat(fd, &info) != 0) {
    status = system_error("stat " + folder.string());
  } else if (info.st_uid != owner && info.st_uid != ::geteuid()) {
    status = invalid_error(folder.string() + " belongs to another user");
  } else if (info.st_uid != owner && ::fchown(fd, owner, group) != 0) {
    status = system_error("chown " + folder.string());
  } else if (::fchmod(fd, 0700) != 0) {
    status = system_error("chmod " + folder.string());
  }
  ::close(fd);
  return status;
}

Result<std::unique_ptr<FolderLock>> FolderLock::take(const fs::path& folder) {
  const auto path = folder / "owner.lock";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return system_error("open " + path.string());
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd);
    return conflict_error("the database in " + folder.string() + " is in use by another visionops");
  }
  return std::make_unique<FolderLock>(fd);
}

FolderLock::~FolderLock() { ::close(fd_); }

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
