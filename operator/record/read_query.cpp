#include "operator/record/read_query.h"

#include <pqxx/pqxx>

#include "operator/record/connection_string.h"

namespace visionops::record {

Result<QueryResult> read_query(const std::string& connection_string, const std::string& sql, std::size_t max_rows) {
  const auto bounded = bounded_connection_string(connection_string);
  if (!bounded) return bounded.error();
  try {
    pqxx::connection connection(*bounded);
    pqxx::read_transaction transaction(connection);
    transaction.exec("SET LOCAL statement_timeout = '60s'");
    const pqxx::result result = transaction.exec(sql);
    QueryResult out;
    for (pqxx::row::size_type column = 0; column < result.columns(); ++column)
      out.columns.emplace_back(result.column_name(column));
    for (const auto& row : result) {
      if (out.rows.size() == max_rows) break;
      auto& cells = out.rows.emplace_back();
      for (const auto& field : row)
        cells.push_back(field.is_null() ? std::nullopt : std::optional<std::string>(field.c_str()));
    }
    return out;
  } catch (const pqxx::broken_connection&) {
    return retry_error("the database cannot be reached");
  } catch (const pqxx::sql_error& error) {
    return invalid_error(error.what());
  } catch (const std::exception& error) {
    return internal_error(error.what());
  }
}

}  // namespace visionops::record
