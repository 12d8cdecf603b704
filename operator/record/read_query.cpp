#include "operator/record/read_query.h"

#include <pqxx/pqxx>

#include "operator/record/connection_string.h"
#include "operator/record/sql_error.h"

namespace visionops::record {
namespace {

/// Below all, one transaction, so that two that ask at once do not meet in the catalogue.
constexpr const char* kMakeReader = R"(
SELECT pg_advisory_xact_lock(7274656272656164);
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'visionops_reader') THEN
    CREATE ROLE visionops_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;
  END IF;
  EXECUTE 'REVOKE TEMPORARY, CREATE ON DATABASE ' || quote_ident(current_database()) || ' FROM PUBLIC';
  REVOKE CREATE ON SCHEMA public FROM PUBLIC;
  IF EXISTS (SELECT FROM pg_namespace WHERE nspname = 'visionops') THEN
    GRANT USAGE ON SCHEMA visionops TO visionops_reader;
    GRANT SELECT ON ALL TABLES IN SCHEMA visionops TO visionops_reader;
  END IF;
END $$;
ALTER ROLE visionops_reader SET default_transaction_read_only = on;
)";

constexpr const char* kCanDoMore = R"(
SELECT rolsuper OR EXISTS (
  SELECT FROM pg_roles WHERE rolname IN ('pg_execute_server_program', 'pg_write_server_files', 'pg_read_server_files')
    AND pg_has_role(current_user, oid, 'MEMBER'))
FROM pg_roles WHERE rolname = current_user)";

/// pg_type.dat of PostgreSQL: these numbers never change.
ColumnType type_of(pqxx::oid oid) {
  switch (oid) {
    case 16:
      return ColumnType::Boolean;
    case 20:    // bigint
    case 21:    // smallint
    case 23:    // integer
    case 26:    // oid
    case 700:   // real
    case 701:   // double precision
    case 1700:  // numeric
      return ColumnType::Number;
    case 114:   // json
    case 3802:  // jsonb
      return ColumnType::Json;
    case 1000:
      return ColumnType::Booleans;
    case 1005:
    case 1007:
    case 1016:
    case 1021:
    case 1022:
    case 1231:
      return ColumnType::Numbers;
    case 1009:  // text[]
    case 1015:  // varchar[]
    case 1185:  // timestamptz[]
      return ColumnType::Texts;
    default:
      return ColumnType::Text;
  }
}

QueryResult rows_of(const pqxx::result& result, std::size_t max_rows) {
  QueryResult out;
  for (pqxx::row::size_type column = 0; column < result.columns(); ++column) {
    out.columns.emplace_back(result.column_name(column));
    out.types.push_back(type_of(result.column_type(column)));
  }
  for (const auto& row : result) {
    if (out.rows.size() == max_rows) break;
    auto& cells = out.rows.emplace_back();
    for (const auto& field : row)
      cells.push_back(field.is_null() ? std::nullopt : std::optional<std::string>(field.c_str()));
  }
  return out;
}

Error words_of(const pqxx::sql_error& error) {
  const std::string text = error.what();
  if (text.find("multiple commands") != std::string::npos) return invalid_error("one statement at a time");
  return invalid_error(text);
}

}  // namespace

Result<QueryResult> read_query(const std::string& connection_string, const std::string& sql, std::size_t max_rows) {
  const auto bounded = bounded_connection_string(connection_string);
  if (!bounded) return bounded.error();
  try {
    pqxx::connection connection(*bounded);
    pqxx::read_transaction transaction(connection);
    transaction.exec("SET LOCAL statement_timeout = '60s'");
    if (transaction.exec1(kCanDoMore)[0].as<bool>()) {
      return invalid_error(
          "the role of this connection can do more than read: name one that is no superuser, for example\n"
          "  CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA visionops TO reader;\n"
          "  GRANT SELECT ON ALL TABLES IN SCHEMA visionops TO reader;");
    }
    // The extended protocol takes one statement and no more.
    return rows_of(transaction.exec_params(sql), max_rows);
  } catch (const pqxx::broken_connection&) {
    return retry_error("the database cannot be reached");
  } catch (const pqxx::sql_error& error) {
    return words_of(error);
  } catch (const std::exception& error) {
    return internal_error(error.what());
  }
}

Result<std::string> reader_of(const std::string& connection_string) {
  const auto bounded = bounded_connection_string(connection_string);
  if (!bounded) return bounded.error();
  const auto made = sql_guard([&] {
    pqxx::connection connection(*bounded);
    pqxx::work transaction(connection);
    transaction.exec(kMakeReader);
    transaction.commit();
  });
  if (!made) return made.error();
  return connection_string + " user=visionops_reader";  // libpq takes the last word
}

std::optional<std::vector<std::optional<std::string>>> array_elements(const std::string& text) {
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return std::nullopt;
  std::vector<std::optional<std::string>> out;
  std::string element;
  bool quoted = false;
  bool was_quoted = false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    const bool ends = !quoted && (c == ',' || i + 1 == text.size());
    if (!quoted && c == '{') return std::nullopt;
    if (ends) {
      if (text.size() > 2) out.push_back(!was_quoted && element == "NULL" ? std::nullopt : std::optional(element));
      element.clear();
      was_quoted = false;
    } else if (c == '"') {
      quoted = !quoted;
      was_quoted = true;
    } else {
      element += c == '\\' && quoted && i + 1 < text.size() ? text[++i] : c;
    }
  }
  return out;
}

}  // namespace visionops::record
