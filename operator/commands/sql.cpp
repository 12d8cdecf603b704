#include "operator/commands/sql.h"

#include <iostream>

#include "base/json.h"
#include "operator/assembly/data_folder.h"
#include "operator/assembly/history.h"
#include "operator/assembly/quiet_log.h"
#include "operator/present/text_table.h"
#include "operator/record/read_query.h"

namespace visionops::commands {

namespace {

struct SqlOptions {
  DataFolder folder;
  std::string query;
  std::string database;
  bool json = false;
  std::size_t limit = 1000;
};

void print_json(const record::QueryResult& result) {
  Json rows = Json::array();
  for (const auto& row : result.rows) {
    Json object = Json::object();
    for (std::size_t i = 0; i < row.size(); ++i) object[result.columns[i]] = row[i] ? Json(*row[i]) : Json(nullptr);
    rows.push_back(std::move(object));
  }
  std::cout << rows.dump(2) << "\n";
}

void print_rows(const record::QueryResult& result) {
  std::vector<TableRow> rows;
  for (const auto& row : result.rows) {
    auto& cells = rows.emplace_back();
    for (const auto& cell : row) cells.push_back(cell.value_or("NULL"));
  }
  for (const auto& line : format_table(result.columns, rows)) std::cout << line << "\n";
}

int ask(const SqlOptions& options) {
  auto database = database_of(options.database);
  if (!database) return report(database.error());
  PrivateDatabase own;
  if (database->reveal().empty()) {
    auto reached = reach_private_database(options.folder.path, quiet_log("error"));
    if (!reached) return report(reached.error());
    own = *std::move(reached);
  }
  const auto& connection = own.connection.empty() ? database->reveal() : own.connection;
  const auto result = record::read_query(connection, options.query, options.limit);
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
  command->add_option("QUERY", options->query, "One SQL statement")->required();
  command->add_option("--database", options->database,
                      "libpq connection string without a password (else: VISIONOPS_DATABASE, or the private one)");
  command->add_option("--limit", options->limit, "Rows at most")->capture_default_str();
  command->add_flag("--json", options->json, "An array of objects");
  add_data_options(*command, options->folder);
  command->footer("Example: visionops sql 'SELECT * FROM visionops.dataset_group_summary'");
  command->callback([options, &exit_code] { exit_code = ask(*options); });
}

}  // namespace visionops::commands
