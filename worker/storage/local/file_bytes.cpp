#include "worker/storage/local/file_bytes.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <vector>

#include "base/digest.h"
#include "worker/storage/beneath/system_error.h"

namespace visionops::storage {

namespace {

constexpr std::size_t kCopyChunk = 64 * 1024;  // on the stack; larger ones gain nothing from the page cache

constexpr off_t kToTheEnd = std::numeric_limits<off_t>::max();

/// To the end of the file, or to `end` when that comes first.
template <class Consume>
Status read_all(int fd, const std::string& path, char* buffer, std::size_t size, off_t end, const Consume& consume) {
  for (off_t at = 0; at < end;) {
    const auto wanted = static_cast<std::size_t>(std::min<off_t>(static_cast<off_t>(size), end - at));
    const ssize_t n = ::pread(fd, buffer, wanted, at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error(errno, path);
    if (n == 0) return {};
    if (auto consumed = consume(std::string_view(buffer, static_cast<std::size_t>(n))); !consumed) return consumed;
    at += n;
  }
  return {};
}

/// Where reading ends: somebody who goes on writing must not keep the reader for ever.
off_t size_now(int fd) {
  struct stat file {};
  return ::fstat(fd, &file) == 0 ? file.st_size : 0;
}

}  // namespace

Status for_each_chunk(int fd, const std::string& path, std::size_t chunk,
                      const std::function<Status(std::string_view)>& consume) {
  ::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  std::vector<char> buffer(chunk);
  return read_all(fd, path, buffer.data(), buffer.size(), kToTheEnd, consume);
}

Result<StoredFile> digest_of_open_file(int fd, const std::string& path) {
  std::array<char, kCopyChunk> buffer;
  StoredFile out;
  Sha256 hash;
  const auto read =
      read_all(fd, path, buffer.data(), buffer.size(), size_now(fd), [&](std::string_view bytes) -> Status {
        hash.update(bytes);
        out.size += static_cast<std::int64_t>(bytes.size());
        return {};
      });
  if (!read) return read.error();
  out.sha256 = hash.hex();
  return out;
}

Result<StoredFile> copy_open_file(int source, NewFile& target, const std::string& path) {
  if (::ioctl(target.fd(), FICLONE, source) == 0) return digest_of_open_file(target.fd(), path);
  std::array<char, kCopyChunk> buffer;
  StoredFile out;
  Sha256 hash;
  const auto copied =
      read_all(source, path, buffer.data(), buffer.size(), size_now(source), [&](std::string_view bytes) -> Status {
        hash.update(bytes);
        out.size += static_cast<std::int64_t>(bytes.size());
        return target.append(bytes);
      });
  if (!copied) return copied.error();
  out.sha256 = hash.hex();
  return out;
}

}  // namespace visionops::storage
