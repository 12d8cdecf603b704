#include "worker/exec/follow/stack_frame.h"

#include <algorithm>

#include "base/readable_text.h"

namespace visionops::exec {

namespace {

constexpr std::string_view kThread = "Current thread 0x";
constexpr std::string_view kFrame = "  File \"";
constexpr std::size_t kFrameBytes = 400;

/// "/usr/lib/python3.11/threading.py", and what is frozen into the interpreter; packages of others are not meant.
bool is_of_standard_library(std::string_view frame) {
  const auto file = frame.substr(0, frame.find('"', kFrame.size()));
  if (file.find("-packages/") != std::string_view::npos) return false;
  return file.find("/lib/python3") != std::string_view::npos || file.find("<frozen ") != std::string_view::npos;
}

}  // namespace

std::string stuck_frame(std::string_view output) {
  const auto thread = output.find(kThread);
  if (thread == std::string_view::npos) return {};
  std::string_view innermost;
  auto at = output.find('\n', thread);
  while (at != std::string_view::npos && output.substr(at + 1).starts_with(kFrame)) {
    const auto end = output.find('\n', at + 1);
    const auto frame = output.substr(at + 1, end == std::string_view::npos ? end : end - at - 1);
    if (!is_of_standard_library(frame)) return local::readable_text(frame.substr(2), kFrameBytes);
    if (innermost.empty()) innermost = frame.substr(2);
    at = end;
  }
  return local::readable_text(innermost, kFrameBytes);
}

}  // namespace visionops::exec
