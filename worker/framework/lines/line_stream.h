// One stream of a program, cut into lines. Pieces come as they come; a line ends with '\n' or '\r', and one without an
// end is cut off and never grows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "worker/framework/lines/literal_filter.h"

namespace visionops::framework {

inline constexpr std::size_t kMaxLogLine = 64 * 1024;

class LineStream {
 public:
  /// Calls take(line) for each whole line that holds a word of the filter, or while wants_all() is true for every line
  /// that is not empty.
  template <class Take, class WantsAll>
  void feed(std::string_view bytes, const LiteralFilter& filter, Take take, WantsAll wants_all);
  /// What is left is a line too.
  template <class Take>
  void end(Take take);

  /// The newest bytes that were seen, at most a line or two: for the last word of a program that said nothing known.
  [[nodiscard]] std::string_view last_line() const;

 private:
  void keep(std::string_view part);
  void remember(std::string_view text);

  std::string partial_;
  std::string last_;
};

// ------------------------------------------------------------------------------------------------------------------

inline constexpr std::string_view kLineEnds = "\n\r";

template <class Take, class WantsAll>
void scan_lines(std::string_view text, const LiteralFilter& filter, Take take, WantsAll wants_all) {
  const auto line_at = [&](std::size_t begin, std::size_t from) {
    const auto end = std::min(text.find_first_of(kLineEnds, from), text.size());
    const auto line = text.substr(begin, std::min(end - begin, kMaxLogLine));
    if (!line.empty()) take(line);
    return end + 1;
  };
  for (std::size_t at = 0; at < text.size();) {
    if (wants_all()) {
      at = line_at(at, at);
      continue;
    }
    const auto hit = filter.find(text, at);
    if (hit.who == 0) return;
    const auto before = hit.at == 0 ? std::string_view::npos : text.find_last_of(kLineEnds, hit.at - 1);
    const std::size_t begin = before == std::string_view::npos ? at : std::max(at, before + 1);
    at = line_at(begin, hit.at);
  }
}

template <class Take, class WantsAll>
void LineStream::feed(std::string_view bytes, const LiteralFilter& filter, Take take, WantsAll wants_all) {
  if (bytes.empty()) return;
  const auto last_end = bytes.find_last_of(kLineEnds);
  if (last_end == std::string_view::npos) return keep(bytes);
  if (!partial_.empty()) {
    const auto end = bytes.find_first_of(kLineEnds);
    keep(bytes.substr(0, end));
    scan_lines(partial_, filter, take, wants_all);
    remember(partial_);
    partial_.clear();
    bytes.remove_prefix(end);
  }
  const auto whole = bytes.substr(0, bytes.find_last_of(kLineEnds) + 1);
  scan_lines(whole, filter, take, wants_all);
  remember(whole);
  keep(bytes.substr(whole.size()));
}

template <class Take>
void LineStream::end(Take take) {
  if (partial_.empty()) return;
  take(std::string_view(partial_));
  remember(partial_);
  partial_.clear();
}

}  // namespace visionops::framework
