#include "worker/dataset/model/rle.h"

#include <cmath>

namespace visionops::annotations {

namespace {

constexpr int kMaxDigitsPerRun = 10;  // 50 bits and sign: more than kMaxMaskPixels needs

Status check_size(std::int64_t height, std::int64_t width) {
  if (height < 1 || width < 1 || height > kMaxMaskPixels / width) {
    return invalid_error("size " + std::to_string(height) + " x " + std::to_string(width) + " is out of range");
  }
  return {};
}

Error wrong_sum(std::int64_t sum, std::int64_t height, std::int64_t width) {
  return invalid_error("runs cover " + std::to_string(sum) + " pixels, the size " + std::to_string(height) + " x " +
                       std::to_string(width) + " has " + std::to_string(height * width));
}

/// One signed number of 5 bits a character at text[at]; false when it is malformed.
bool decode_number(std::string_view text, std::size_t& at, std::int64_t& value) {
  value = 0;
  for (int digit = 0; digit < kMaxDigitsPerRun; ++digit) {
    if (at == text.size()) return false;
    const int bits = text[at++] - 48;
    if (bits < 0 || bits > 63) return false;
    value |= static_cast<std::int64_t>(bits & 0x1f) << (5 * digit);
    if ((bits & 0x20) != 0) continue;
    if ((bits & 0x10) != 0) value -= std::int64_t{1} << (5 * (digit + 1));
    return true;
  }
  return false;
}

}  // namespace

Result<std::vector<std::int64_t>> decode_rle(std::string_view text, std::int64_t height, std::int64_t width) {
  if (auto sized = check_size(height, width); !sized) return sized.error();
  std::vector<std::int64_t> runs;
  std::int64_t sum = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    std::int64_t run = 0;
    if (!decode_number(text, at, run)) return invalid_error("malformed counts at character " + std::to_string(begin));
    if (runs.size() > 2) run += runs[runs.size() - 2];
    if (run < 0) return invalid_error("negative run at character " + std::to_string(begin));
    if (run > height * width - sum) return wrong_sum(sum + run, height, width);
    sum += run;
    runs.push_back(run);
  }
  if (sum != height * width) return wrong_sum(sum, height, width);
  return runs;
}

Status check_rle_counts(std::span<const double> counts, std::int64_t height, std::int64_t width) {
  if (auto sized = check_size(height, width); !sized) return sized.error();
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] < 0 || counts[i] != std::floor(counts[i]) || counts[i] > static_cast<double>(kMaxMaskPixels)) {
      return invalid_error("counts[" + std::to_string(i) + "] is not a run length");
    }
    sum += static_cast<std::int64_t>(counts[i]);
    if (sum > height * width) return wrong_sum(sum, height, width);
  }
  if (sum != height * width) return wrong_sum(sum, height, width);
  return {};
}

std::string encode_rle(std::span<const std::int64_t> runs) {
  std::string out;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    std::int64_t value = i > 2 ? runs[i] - runs[i - 2] : runs[i];
    for (bool more = true; more;) {
      auto bits = static_cast<char>(value & 0x1f);
      value >>= 5;
      more = (bits & 0x10) != 0 ? value != -1 : value != 0;
      if (more) bits = static_cast<char>(bits | 0x20);
      out += static_cast<char>(bits + 48);
    }
  }
  return out;
}

std::int64_t rle_area(std::span<const std::int64_t> runs) {
  std::int64_t area = 0;
  for (std::size_t i = 1; i < runs.size(); i += 2) area += runs[i];
  return area;
}

}  // namespace visionops::annotations
