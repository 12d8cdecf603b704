// A question of a person to the history: one statement, by a role that can do nothing but read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace visionops::record {

/// How a column is written in JSON.
enum class ColumnType { Text, Number, Boolean, Json, Numbers, Booleans, Texts };

struct QueryResult {
  std::vector<std::string> columns;
  std::vector<ColumnType> types;
  std::vector<std::vector<std::optional<std::string>>> rows;  ///< nullopt: NULL
};

/// At most `max_rows` rows are returned. Invalid: more than one statement, a statement that writes, and a role that
/// could do more than read and write tables (a superuser, a member of pg_execute_server_program and its like).
Result<QueryResult> read_query(const std::string& connection_string, const std::string& sql, std::size_t max_rows);

/// Makes the role visionops_reader, or brings its rights up to date, and returns how to connect as it.
/// `connection_string` is that of a superuser of a database that is ours alone.
Result<std::string> reader_of(const std::string& connection_string);

/// "{1,2,NULL}" as its elements; nullopt: NULL. Of one dimension; nothing for other texts.
std::optional<std::vector<std::optional<std::string>>> array_elements(const std::string& text);

}  // namespace visionops::record
