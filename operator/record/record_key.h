// Which waiting record a newer one replaces, and how much memory a waiting record stands for.
#pragma once

#include <cstddef>
#include <string>

#include "operator/core/record.h"

namespace visionops::record {

/// Records with the same non-empty key tell of the same row: only the newest needs to be written.
/// Telemetry and notifications have no key; each of them counts.
std::string coalescing_key(const core::Record& record);

/// `newer` is about to replace `older`, a record of the same key. What only the older one knows passes over: the
/// spec that the run was started with, when the newer one was made after an edit.
void keep_own_spec(const core::Record& older, core::Record& newer);

/// Rough number of bytes, to bound the queue; within a factor of two for large records.
std::size_t approximate_size(const core::Record& record);

}  // namespace visionops::record
