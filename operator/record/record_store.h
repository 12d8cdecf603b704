// RecordStore: where history goes. Virtual edge with one implementation over PostgreSQL.
#pragma once

#include <vector>

#include "base/result.h"
#include "operator/core/record.h"

namespace visionops::record {

/// Used by one thread at a time.
class RecordStore {
 public:
  virtual ~RecordStore() = default;
  /// Writes all records in one transaction, in order. Idempotent: a replay changes nothing.
  /// Retry: the database is away, keep the records. Invalid: at least one of these records can never be
  /// written, and none was; the caller finds it by halving.
  virtual Status write(const std::vector<core::Record>& records) = 0;
  /// Finishes work that may lag behind the records, such as refreshing summaries. Called when no
  /// record waits, and now and then while they do.
  virtual Status settle() = 0;
};

}  // namespace visionops::record
