#include "worker/storage/local/stranger_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/quantity.h"
#include "worker/storage/beneath/open_beneath.h"
#include "worker/storage/beneath/system_error.h"
#include "worker/storage/local/local_store.h"

namespace visionops::storage {

namespace {

constexpr std::int64_t kBlock = 512;  // the unit of st_blocks, whatever the file system has

/// A file system that compresses has fewer blocks than bytes, too: of weights by far not so few.
bool is_mostly_hole(const struct stat& file) {
  const std::int64_t written = std::int64_t{file.st_blocks} * kBlock;
  return file.st_size > kMostUnwrittenBytes && (file.st_size - kMostUnwrittenBytes) / 4 > written;
}

}  // namespace

Result<std::shared_ptr<StorageClient>> open_stranger_folder(const std::string& directory) {
  FileDescriptor root(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!root) return system_error(errno, directory);
  return std::shared_ptr<StorageClient>(
      std::make_shared<LocalStore>(std::move(root), Durability::Cached, Writer::Stranger));
}

Result<FileDescriptor> open_file_of_stranger(int directory, const std::string& path) {
  auto fd = open_regular_file(directory, path);
  if (!fd) return fd;
  const auto slash = path.rfind('/');
  const auto folder = open_beneath(directory, slash == std::string::npos ? "" : path.substr(0, slash), O_PATH);
  if (!folder) return folder.error();
  struct stat file {};
  struct stat around {};
  if (::fstat(fd->get(), &file) != 0 || ::fstat(folder->get(), &around) != 0) return system_error(errno, path);
  if (file.st_nlink > 1) {
    return invalid_error(path + ": has " + std::to_string(file.st_nlink) +
                         " names (hard links), so it may be somebody else's; write a file of its own");
  }
  if (file.st_uid != around.st_uid && file.st_uid != ::geteuid()) {
    return invalid_error(path + ": belongs to user " + std::to_string(file.st_uid) + ", its folder to user " +
                         std::to_string(around.st_uid));
  }
  if (is_mostly_hole(file)) {
    return invalid_error(path + ": is sparse: of its " + format_bytes(file.st_size) + " only " +
                         format_bytes(file.st_blocks * kBlock) + " were written; write it as a whole");
  }
  return fd;
}

}  // namespace visionops::storage
