// Finds elements by their 64-bit id: sorted pairs, 16 bytes an element; built once, then read from any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace visionops::annotations {

class IdIndex {
 public:
  void reserve(std::size_t n) { entries_.reserve(n); }
  void add(std::int64_t id, std::uint32_t index) {
    sorted_ = sorted_ && (entries_.empty() || entries_.back().first < id);
    entries_.emplace_back(id, index);
  }
  /// Before the first find(). Of several elements with one id, the first added comes first.
  void build() {
    if (!sorted_) std::sort(entries_.begin(), entries_.end());
    sorted_ = true;
  }
  [[nodiscard]] std::optional<std::uint32_t> find(std::int64_t id) const {
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), id,
                                     [](const auto& entry, std::int64_t wanted) { return entry.first < wanted; });
    if (at == entries_.end() || at->first != id) return std::nullopt;
    return at->second;
  }
  /// Positions of two elements with one id: the earliest in order of ids.
  [[nodiscard]] std::optional<std::pair<std::uint32_t, std::uint32_t>> first_duplicate() const {
    const auto at = std::adjacent_find(entries_.begin(), entries_.end(),
                                       [](const auto& a, const auto& b) { return a.first == b.first; });
    if (at == entries_.end()) return std::nullopt;
    return std::pair(at->second, std::next(at)->second);
  }
  /// Sorted by id, then by position.
  [[nodiscard]] const std::vector<std::pair<std::int64_t, std::uint32_t>>& entries() const { return entries_; }

 private:
  std::vector<std::pair<std::int64_t, std::uint32_t>> entries_;
  bool sorted_ = true;
};

}  // namespace visionops::annotations
