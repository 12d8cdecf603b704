// A question of a person to the history: one statement in a read-only transaction.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace visionops::record {

struct QueryResult {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;  ///< nullopt: NULL
};

/// At most `max_rows` rows are returned; a statement that writes is refused by the database.
Result<QueryResult> read_query(const std::string& connection_string, const std::string& sql, std::size_t max_rows);

}  // namespace visionops::record
