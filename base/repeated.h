// Which elements of a list stand there already.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <numeric>
#include <vector>

namespace visionops {

/// The places of all elements that equal an earlier one, in order. n log n calls of `less`, whatever the elements are.
template <class Range, class Less = std::less<>>
std::vector<std::size_t> repeated(const Range& range, Less less = {}) {
  std::vector<std::size_t> order(range.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return less(range[a], range[b]); });
  std::vector<std::size_t> out;
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (!less(range[order[i - 1]], range[order[i]])) out.push_back(order[i]);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace visionops
