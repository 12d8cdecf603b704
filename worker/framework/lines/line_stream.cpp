#include "worker/framework/lines/line_stream.h"

#include "worker/framework/lines/plain_line.h"

namespace visionops::framework {

namespace {
constexpr std::size_t kRemembered = 2048;
}

void LineStream::keep(std::string_view part) {
  // An end of line within `part` comes only where partial_ is about to be read, never here.
  partial_.append(part.substr(0, kMaxLogLine - std::min(partial_.size(), kMaxLogLine)));
}

void LineStream::remember(std::string_view text) {
  text = trimmed(text);
  if (text.size() > kRemembered) text.remove_prefix(text.size() - kRemembered);
  if (!text.empty()) last_.assign(text);
}

std::string_view LineStream::last_line() const {
  const auto text = trimmed(partial_).empty() ? std::string_view(last_) : trimmed(partial_);
  const auto before = text.find_last_of(kLineEnds);
  return before == std::string_view::npos ? text : text.substr(before + 1);
}

}  // namespace visionops::framework
