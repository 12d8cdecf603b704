#include "operator/commands/sql.h"

#include <iostream>

#include "base/cli/safe_streams.h"
#include "base/json.h"
#include "operator/assembly/data_folder.h"
#include "operator/assembly/history.h"
#include "operator/assembly/quiet_log.h"
#include "operator/present/text_table.h"
#include "operator/record/read_query.h"

namespace visionops::commands {

namespace {

using record::ColumnType;

struct SqlOptions {
  DataFolder folder;
  std::string query;
  std::string database;
  bool json = false;
  std::size_t limit = 1000;
};

/// A number that JSON cannot say (NaN) stays a text.
Json scalar(const std::string& text, ColumnType type) {
  if (type == ColumnType::Boolean) return text == "t" || text == "true";
  if (type == ColumnType::Text) return text;
  auto json = parse_json(text);
  return json ? *std::move(json) : Json(text);
}

Json json_of(const std::string& text, ColumnType type) {
  if (type == ColumnType::Text || type == ColumnType::Number || type == ColumnType::Boolean || type == ColumnType::Json)
    return scalar(text, type);
  const auto elements = record::array_elements(text);
  if (!elements) return text;
  const auto inner = type == ColumnType::Numbers    ? ColumnType::Number
                     : type == ColumnType::Booleans ? ColumnType::Boolean
                                                    : ColumnType::Text;
  Json out = Json::array();
  for (const auto& element : *elements) out.push_back(element ? scalar(*element, inner) : Json(nullptr));
  return out;
}

void print_json(const record::QueryResult& result) {
  Json rows = Json::array();
  for (const auto& row : result.rows) {
    Json object = Json::object();
    for (std::size_t i = 0; i < row.size(); ++i)
      object[result.columns[i]] = row[i] ? json_of(*row[i], result.types[i]) : Json(nullptr);
    rows.push_back(std::move(object));
  }
  cli::machine_output() << rows.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
}

void print_rows(const record::QueryResult& result) {
  std::vector<TableRow> rows;
  for (const auto& row : result.rows) {
    auto& cells = rows.emplace_back();
    for (const auto& cell : row) cells.push_back(cell.value_or("NULL"));
  }
  for (const auto& line : format_table(result.columns, rows)) std::cout << line << "\n";
}

/// Our own database, by the role that can only read. A server that had to be started lives as long as `own`.
Result<std::string> own_connection(const SqlOptions& options, PrivateDatabase& own) {
  if (auto there = check_cluster_is_there(options.folder); !there) return there.error();
  std::error_code failure;
  const auto folder = options.folder.absolute() / "postgres";
  if (!std::filesystem::exists(folder, failure))
    return not_found_error(folder.string() + ": no history was kept here (--no-history, or PostgreSQL was missing)");
  auto reached = reach_private_database(options.folder.path, quiet_log("error"));
  if (!reached) return reached.error();
  own = *std::move(reached);
  return record::reader_of(own.connection);
}

int ask(const SqlOptions& options) {
  const auto database = database_of(options.database);
  if (!database) return report(database.error());
  PrivateDatabase own;
  const auto connection =
      database->reveal().empty() ? own_connection(options, own) : Result<std::string>(database->reveal());
  if (!connection) return report(connection.error());
  const auto result = record::read_query(*connection, options.query, options.limit);
  if (!result) return report(result.error());
  if (options.json)
    print_json(*result);
  else
    print_rows(*result);
  return 0;
}

}  // namespace

void add_sql(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("sql", "Ask the history (PostgreSQL, schema visionops), read-only");
  auto options = std::make_shared<SqlOptions>();
  command->add_option("QUERY", options->query, "One SQL statement, which can only read")->required();
  command->add_option("--database", options->database,
                      "libpq connection string without a password (else: VISIONOPS_DATABASE, or the private one)");
  command->add_option("--limit", options->limit, "Rows at most")->capture_default_str();
  command->add_flag("--json", options->json, "An array of objects");
  add_data_options(*command, options->folder);
  command->footer("Example: visionops sql 'SELECT * FROM visionops.dataset_group_summary'");
  command->callback([options, &exit_code] { exit_code = ask(*options); });
}

}  // namespace visionops::commands
