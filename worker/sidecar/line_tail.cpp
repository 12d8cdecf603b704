#include "worker/sidecar/line_tail.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "worker/storage/local/stranger_folder.h"

namespace visionops::sidecar {

LineTail::LineTail(const std::filesystem::path& path, std::int64_t offset, std::size_t max_line)
    : name_(path.filename()),
      folder_(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)),
      max_line_(max_line),
      read_offset_(offset),
      line_start_(offset) {}

std::vector<TailLine> LineTail::poll(std::size_t max_bytes) {
  std::vector<TailLine> lines;
  behind_ = false;
  if (!open_current()) return lines;
  std::array<char, 16 * 1024> buffer;
  for (std::size_t taken = 0, skipped = 0; !behind_;) {
    if (skipping_) jump_over_hole();
    const ssize_t got = ::pread(file_.get(), buffer.data(), buffer.size(), read_offset_);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    (skipping_ ? skipped : taken) += static_cast<std::size_t>(got);
    take(buffer.data(), static_cast<std::size_t>(got), lines);
    behind_ = taken >= max_bytes || skipped >= kSkippedAtOnce;
  }
  return lines;
}

/// What was never written reads as zeros, terabytes of them: no line ends there.
void LineTail::jump_over_hole() {
  const off_t data = ::lseek(file_.get(), read_offset_, SEEK_DATA);
  struct stat file {};
  if (data > read_offset_) read_offset_ = data;
  if (data < 0 && errno == ENXIO && ::fstat(file_.get(), &file) == 0) {
    read_offset_ = std::max<std::int64_t>(read_offset_, file.st_size);
  }
}

/// Looks at the name at every call, so that a replaced file is noticed.
bool LineTail::open_current() {
  struct stat named {};
  if (::fstatat(folder_.get(), name_.c_str(), &named, AT_SYMLINK_NOFOLLOW) != 0) {
    refusal_.clear();
    return static_cast<bool>(file_);
  }
  if (!file_ || static_cast<std::uint64_t>(named.st_ino) != inode_) {
    auto opened = storage::open_file_of_stranger(folder_.get(), name_);
    refusal_ = opened ? "" : opened.error().message;
    if (!opened || ::fstat(opened->get(), &named) != 0) return static_cast<bool>(file_);
    if (file_) restart();
    file_ = std::move(*opened);
    inode_ = static_cast<std::uint64_t>(named.st_ino);
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
