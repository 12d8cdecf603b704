// One line of progress on a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace visionops::commands {

/// Draws on stderr, and only when that is a terminal. At most 20 times a second. Not thread-safe.
class ProgressBar {
 public:
  ProgressBar();
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  void show(const std::string& stage, std::int64_t done, std::int64_t total);
  /// Removes the line, so that other output may follow.
  void clear();

 private:
  bool terminal_;
  bool drawn_ = false;
  std::string stage_;
  std::chrono::steady_clock::time_point drawn_at_{};
};

}  // namespace visionops::commands
