#include "worker/sidecar/line_tail.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace visionops::sidecar {

LineTail::LineTail(std::filesystem::path path, std::int64_t offset, std::size_t max_line)
    : path_(std::move(path)), max_line_(max_line), read_offset_(offset), line_start_(offset) {}

LineTail::~LineTail() {
  if (file_ >= 0) ::close(file_);
}

std::vector<TailLine> LineTail::poll(std::size_t max_bytes) {
  std::vector<TailLine> lines;
  if (!open_current()) return lines;
  std::array<char, 16 * 1024> buffer;
  for (std::size_t taken = 0; taken < max_bytes;) {
    const ssize_t got = ::pread(file_, buffer.data(), buffer.size(), read_offset_);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    take(buffer.data(), static_cast<std::size_t>(got), lines);
    taken += static_cast<std::size_t>(got);
  }
  return lines;
}

/// Looks at the name at every call, so that a replaced file is noticed.
bool LineTail::open_current() {
  struct stat named {};
  if (::stat(path_.c_str(), &named) != 0 || !S_ISREG(named.st_mode)) return file_ >= 0;
  const auto inode = static_cast<std::uint64_t>(named.st_ino);
  if (file_ < 0 || inode != inode_) {
    const int opened = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (opened < 0) return file_ >= 0;
    if (file_ >= 0) {
      ::close(file_);
      restart();
    }
    file_ = opened;
    inode_ = inode;
  }
  if (named.st_size < read_offset_) restart();
  return true;
}

void LineTail::restart() {
  read_offset_ = line_start_ = 0;
  partial_.clear();
  skipping_ = false;
}

void LineTail::take(const char* bytes, std::size_t size, std::vector<TailLine>& lines) {
  const char* const end = bytes + size;
  while (bytes != end) {
    const auto* const line_break =
        static_cast<const char*>(std::memchr(bytes, '\n', static_cast<std::size_t>(end - bytes)));
    const char* const stop = line_break != nullptr ? line_break : end;
    const auto length = static_cast<std::size_t>(stop - bytes);
    if (!skipping_ && partial_.size() + length > max_line_) {
      skipping_ = true;
      ++oversized_;
      std::string().swap(partial_);
    }
    if (!skipping_) partial_.append(bytes, length);
    read_offset_ += static_cast<std::int64_t>(length);
    if (line_break == nullptr) return;
    ++read_offset_;
    if (!skipping_ && !partial_.empty()) lines.push_back({line_start_, partial_});
    partial_.clear();
    skipping_ = false;
    line_start_ = read_offset_;
    bytes = line_break + 1;
  }
}

}  // namespace visionops::sidecar
