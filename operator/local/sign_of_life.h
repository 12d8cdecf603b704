// Until when somebody worked on a data folder, known also after a kill -9.
#pragma once

#include <filesystem>
#include <optional>

#include "base/clock.h"

namespace visionops::local {

/// Of the newest process that ran Pods for the folder.
struct LastWork {
  TimePoint at;           ///< its end, or its last sign of life
  bool in_order = false;  ///< it said that it ended
};

/// Nothing: nobody has worked on it yet.
std::optional<LastWork> last_work(const std::filesystem::path& data);

/// Written now and then while Pods may run. Best effort: what cannot be written makes the end seem earlier.
class SignOfLife {
 public:
  /// Writes nothing yet. An empty folder: never anything.
  explicit SignOfLife(std::filesystem::path data) : data_(std::move(data)) {}
  /// From one thread, as all here. Writes once a second at most.
  void beat(TimePoint now);
  void end(TimePoint now);
  /// When one is due, though nothing else happens.
  [[nodiscard]] TimePoint next_beat() const;

 private:
  std::filesystem::path data_;
  TimePoint beaten_{};
};

}  // namespace visionops::local
