#include "worker/storage/local/file_bytes.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

#include "base/digest.h"
#include "worker/storage/local/system_error.h"

namespace visionops::storage {

namespace {

constexpr std::size_t kCopyChunk = 64 * 1024;  // on the stack; larger ones gain nothing from the page cache

template <class Consume>
Status read_all(int fd, const std::string& path, char* buffer, std::size_t size, const Consume& consume) {
  for (off_t at = 0;;) {
    const ssize_t n = ::pread(fd, buffer, size, at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error(errno, path);
    if (n == 0) return {};
    if (auto consumed = consume(std::string_view(buffer, static_cast<std::size_t>(n))); !consumed) return consumed;
    at += n;
  }
}

}  // namespace

Status for_each_chunk(int fd, const std::string& path, std::size_t chunk,
                      const std::function<Status(std::string_view)>& consume) {
  ::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  std::vector<char> buffer(chunk);
  return read_all(fd, path, buffer.data(), buffer.size(), consume);
}

Result<StoredFile> digest_of_open_file(int fd, const std::string& path) {
  std::array<char, kCopyChunk> buffer;
  StoredFile out;
  Sha256 hash;
  const auto read = read_all(fd, path, buffer.data(), buffer.size(), [&](std::string_view bytes) -> Status {
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
  const auto copied = read_all(source, path, buffer.data(), buffer.size(), [&](std::string_view bytes) -> Status {
    hash.update(bytes);
    out.size += static_cast<std::int64_t>(bytes.size());
    return target.append(bytes);
  });
  if (!copied) return copied.error();
  out.sha256 = hash.hex();
  return out;
}

}  // namespace visionops::storage
