// How far the telemetry was delivered, kept in the Pod's folder over a restart of the sidecar. The telemetry
// file itself is the spool: what is not delivered is read again.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace visionops::sidecar {

struct Cursor {
  std::int64_t offset = 0;    ///< everything before it in the telemetry file is delivered
  std::int64_t sequence = 0;  ///< of the next message
  bool operator==(const Cursor&) const = default;
};

/// The start when there is no readable cursor. A loaded sequence is moved on beyond any that may have been
/// used after the cursor was saved.
Cursor load_cursor(const std::filesystem::path& file);
/// Atomic, not synced: it has to survive the process, not the machine.
Status save_cursor(const std::filesystem::path& file, const Cursor& cursor);

}  // namespace visionops::sidecar
