// History in PostgreSQL: one connection, one transaction per batch.
#pragma once

#include <memory>
#include <string>

#include "operator/record/record_store.h"

namespace visionops::record {

/// Connects on the first write and again after every loss; each new connection migrates the schema and
/// registers the manipulators before it is used. Used by one thread at a time. No message of it
/// contains the connection string.
class PostgresStore final : public RecordStore {
 public:
  /// Invalid when the connection string is malformed; does not connect.
  static Result<std::unique_ptr<PostgresStore>> open(const std::string& connection_string);
  ~PostgresStore() override;

  Status write(const std::vector<core::Record>& records) override;
  /// Refreshes dataset_group_summary when datasets changed since the last time.
  Status settle() override;

 private:
  struct Session;
  explicit PostgresStore(std::string connection_string);
  Status connect();

  std::string connection_string_;
  std::unique_ptr<Session> session_;  // empty: not connected
  bool summary_is_old_ = true;
};

}  // namespace visionops::record
