#include "base/posix/small_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/posix/write_all.h"

namespace visionops {
namespace {

Result<std::string> read_to_end(int fd, std::size_t limit, const std::filesystem::path& path) {
  std::string out;
  char buffer[64 * 1024];
  while (true) {
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("cannot read", path);
    if (n == 0) return out;
    out.append(buffer, static_cast<std::size_t>(n));
    if (out.size() > limit) return invalid_error(path.string() + " is larger than " + std::to_string(limit) + " bytes");
  }
}

std::string read_untrusted(const std::filesystem::path& path, std::size_t limit, bool tail) {
  auto fd = open_file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  struct stat info {};
  if (!fd || ::fstat(fd->get(), &info) != 0 || !S_ISREG(info.st_mode)) return {};
  const auto size = static_cast<std::size_t>(std::max<off_t>(info.st_size, 0));
  std::string out(std::min(size, limit), '\0');
  const ssize_t n = ::pread(fd->get(), out.data(), out.size(), tail ? static_cast<off_t>(size - out.size()) : 0);
  out.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return out;
}

}  // namespace

Error system_error(const std::string& what, const std::filesystem::path& path) {
  const int code = errno;
  const std::string message = what + " " + path.string() + ": " + std::generic_category().message(code);
  return code == ENOENT ? not_found_error(message) : retry_error(message);
}

Result<FileDescriptor> open_file(const std::filesystem::path& path, int flags, unsigned mode) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  if (fd < 0) return system_error("cannot open", path);
  return FileDescriptor(fd);
}

Status write_all(int fd, std::string_view bytes, const std::filesystem::path& path) {
  return visionops::write_all(fd, bytes) ? Status() : system_error("cannot write", path);
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit) {
  auto fd = open_file(path, O_RDONLY);
  if (!fd) return fd.error();
  return read_to_end(fd->get(), limit, path);
}

std::string read_untrusted_tail(const std::filesystem::path& path, std::size_t limit) {
  return read_untrusted(path, limit, true);
}

std::string read_untrusted_head(const std::filesystem::path& path, std::size_t limit) {
  return read_untrusted(path, limit, false);
}

Status sync_folder(const std::filesystem::path& folder) {
  auto fd = open_file(folder, O_RDONLY | O_DIRECTORY);
  if (!fd) return fd.error();
  if (::fsync(fd->get()) != 0) return system_error("cannot sync", folder);
  return {};
}

Status make_folders(const std::filesystem::path& folder) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) return retry_error("cannot create folder " + folder.string() + ": " + failure.message());
  return {};
}

}  // namespace visionops
