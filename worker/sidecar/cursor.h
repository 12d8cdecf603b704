// How far the telemetry was delivered, kept in the sidecar's own folder over its restart. The telemetry file itself
// is the spool: what is not delivered is read again.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "worker/storage/storage_client.h"

namespace visionops::sidecar {

struct Cursor {
  std::int64_t offset = 0;    ///< everything before it in the telemetry file is delivered
  std::int64_t sequence = 0;  ///< of the next message
  bool operator==(const Cursor&) const = default;
};

/// The start when there is no readable cursor. A loaded sequence is moved on beyond any that may have been
/// used after the cursor was saved.
Cursor load_cursor(storage::StorageClient& own);
/// Atomic, not synced: it has to survive the process, not the machine.
Status save_cursor(storage::StorageClient& own, const Cursor& cursor);

}  // namespace visionops::sidecar
