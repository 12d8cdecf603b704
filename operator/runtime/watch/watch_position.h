// The protocol of list + watch as an explicit state machine (after kube-rs watcher.rs), without I/O.
//
//   Empty --listed--> Listed --opened--> Watching
//     ^                 ^  \--ended ok or with a transient error--/
//     \----- ended with Gone, or with an error that a new list may cure -----/
#pragma once

#include <string>

#include "base/result.h"
#include "operator/runtime/queue/backoff.h"

namespace visionops::runtime {

class WatchPosition {
 public:
  enum class Phase { Empty, Listed, Watching };

  explicit WatchPosition(Backoff backoff = kReflectorBackoff) : backoff_(backoff) {}

  [[nodiscard]] Phase phase() const { return phase_; }
  /// Where the next watch starts. Precondition: not Empty.
  [[nodiscard]] const std::string& version() const { return version_; }
  /// Failures without a healthy stream in between.
  [[nodiscard]] int failures() const { return failures_; }

  void listed(std::string resource_version);
  void list_failed();
  void opened();
  /// A change or bookmark arrived.
  void advanced(const std::string& resource_version);
  /// The stream is over. `healthy`: it lived for a while or delivered something; only then are earlier
  /// failures forgiven.
  void ended(const Status& how, bool healthy);

  /// How long to wait before the next step. `random` in [0, 1).
  [[nodiscard]] Duration wait(double random) const { return backoff_.delay(failures_, random); }

 private:
  Backoff backoff_;
  Phase phase_ = Phase::Empty;
  std::string version_;
  int failures_ = 0;
};

}  // namespace visionops::runtime
