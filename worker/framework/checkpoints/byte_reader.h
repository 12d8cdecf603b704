// Reads through a source in order, a window at a time, so that weights are skipped and not read.
#pragma once

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "worker/framework/checkpoints/checkpoint_files.h"

namespace visionops::framework {

/// A little-endian number of the width of T at `at`; the text is long enough.
template <class T>
T little_endian(std::string_view text, std::size_t at) {
  static_assert(std::endian::native == std::endian::little);
  T value{};
  std::memcpy(&value, text.data() + at, sizeof(T));
  return value;
}

class ByteReader {
 public:
  ByteReader(const ByteSource& source, std::uint64_t at) : source_(source), at_(at) {}

  [[nodiscard]] std::uint64_t at() const { return at_; }
  [[nodiscard]] bool failed() const { return failed_; }

  /// False: the file ends before, or cannot be read; failed() says which.
  bool skip(std::uint64_t bytes) {
    if (bytes > source_.size() - at_) return false;
    at_ += bytes;
    return true;
  }
  /// At most a window; valid until the next call.
  std::optional<std::string_view> take(std::size_t bytes) {
    if (bytes > source_.size() - at_ || bytes > kWindow) return std::nullopt;
    if (at_ < begin_ || at_ + bytes > begin_ + window_.size()) {
      auto read = source_.read(at_, kWindow);
      if (!read || read->size() < bytes) return failed_ = !read, std::nullopt;
      window_ = std::move(*read);
      begin_ = at_;
    }
    const auto text = std::string_view(window_).substr(at_ - begin_, bytes);
    at_ += bytes;
    return text;
  }
  template <class T>
  std::optional<T> number() {
    const auto bytes = take(sizeof(T));
    return bytes ? std::optional(little_endian<T>(*bytes, 0)) : std::nullopt;
  }
  /// Up to a '\n', which is taken too.
  std::optional<std::string> line() {
    std::string text;
    for (auto c = take(1); c; c = take(1)) {
      if ((*c)[0] == '\n') return text;
      if (text.size() < 256) text += (*c)[0];
    }
    return std::nullopt;
  }

 private:
  static constexpr std::size_t kWindow = 64 * 1024;
  const ByteSource& source_;
  std::uint64_t at_;
  std::uint64_t begin_ = 0;
  std::string window_;
  bool failed_ = false;
};

}  // namespace visionops::framework
