// How much of a growing file was read already. A file that was rewritten is read from its beginning again.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace visionops::framework {

class SeenPrefix {
 public:
  /// Where the unread part begins: behind what take() took when that is still the beginning of the text, or 0.
  [[nodiscard]] std::size_t unread(std::string_view text) const {
    const bool same = text.size() >= size_ && std::hash<std::string_view>{}(text.substr(0, size_)) == hash_;
    return same ? size_ : 0;
  }
  void take(std::string_view read) {
    size_ = read.size();
    hash_ = std::hash<std::string_view>{}(read);
  }

 private:
  std::size_t size_ = 0;
  std::size_t hash_ = std::hash<std::string_view>{}({});
};

}  // namespace visionops::framework
