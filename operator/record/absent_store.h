// The store of a database that could not be opened: all records wait.
#pragma once

#include <utility>

#include "operator/record/record_store.h"

namespace visionops::record {

/// A RecordWriter in front of it keeps what it can hold, counts the rest, and leaves it in its spool for a next start.
class AbsentStore final : public RecordStore {
 public:
  explicit AbsentStore(Error why) : why_{ErrorClass::Retry, std::move(why.message)} {}
  /// Retry, with the reason.
  Status write(const std::vector<core::Record>& /*records*/) override { return why_; }
  Status settle() override { return {}; }

 private:
  const Error why_;
};

}  // namespace visionops::record
