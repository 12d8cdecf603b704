#include "worker/commands/progress_bar.h"

#include <unistd.h>

#include <algorithm>
#include <ostream>

#include "base/cli/safe_streams.h"

namespace visionops::commands {

namespace {
constexpr std::int64_t kWidth = 30;
constexpr auto kPause = std::chrono::milliseconds(50);
}  // namespace

ProgressBar::ProgressBar() : terminal_(::isatty(STDERR_FILENO) == 1) {}
ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::show(const std::string& stage, std::int64_t done, std::int64_t total) {
  if (!terminal_ || total <= 0) return;
  const auto now = std::chrono::steady_clock::now();
  if (drawn_ && stage == stage_ && done < total && now - drawn_at_ < kPause) return;
  const auto filled = static_cast<std::size_t>(std::clamp<std::int64_t>(done * kWidth / total, 0, kWidth));
  cli::drawn_errors() << "\r\x1b[K" << cli::escaped(stage) << " [" << std::string(filled, '#')
                      << std::string(static_cast<std::size_t>(kWidth) - filled, ' ') << "] " << done << "/" << total
                      << std::flush;
  drawn_ = true;
  stage_ = stage;
  drawn_at_ = now;
}

void ProgressBar::clear() {
  if (drawn_) cli::drawn_errors() << "\r\x1b[K" << std::flush;
  drawn_ = false;
}

}  // namespace visionops::commands
