#include "operator/record/postgres_store.h"

#include <pqxx/pqxx>

#include <algorithm>
#include <utility>
#include <vector>

#include "operator/record/connection_string.h"
#include "operator/record/migrator.h"
#include "operator/record/rows/statement.h"
#include "operator/record/sql_error.h"

namespace visionops::record {
namespace {

bool touches_datasets(const core::Record& record) { return !std::holds_alternative<core::TelemetryRecord>(record); }

/// A record that cannot even be put into words is the record's fault, not the database's.
Result<std::vector<Statement>> statements_of_all(const std::vector<core::Record>& records) {
  std::vector<Statement> out;
  try {
    for (const auto& record : records) {
      for (auto& statement : statements_of(record)) out.push_back(std::move(statement));
    }
  } catch (const std::exception& e) {
    return invalid_error(first_line(e.what()));
  }
  return out;
}

void set_up_session(pqxx::connection& connection) {
  pqxx::nontransaction session(connection);
  session.exec("SET statement_timeout = '30s'");
  session.exec("SET idle_in_transaction_session_timeout = '60s'");
  session.exec("SET TimeZone = 'UTC'");
}

}  // namespace

struct PostgresStore::Session {
  explicit Session(const std::string& connection_string) : connection(connection_string), silence(connection) {}
  pqxx::connection connection;
  pqxx::quiet_errorhandler silence;  // libpqxx prints the server's notices to stderr otherwise
};

Result<std::unique_ptr<PostgresStore>> PostgresStore::open(const std::string& connection_string) {
  auto bounded = bounded_connection_string(connection_string);
  if (!bounded) return bounded.error();
  return std::unique_ptr<PostgresStore>(new PostgresStore(std::move(*bounded)));
}

PostgresStore::PostgresStore(std::string connection_string) : connection_string_(std::move(connection_string)) {}
PostgresStore::~PostgresStore() = default;

Status PostgresStore::connect() {
  if (session_) return {};
  std::unique_ptr<Session> session;
  auto status = sql_guard([&] {
    session = std::make_unique<Session>(connection_string_);
    set_up_session(session->connection);
  });
  if (!status) return status;
  if (status = migrate(session->connection, embedded_migrations()); !status) {
    // A schema that we must not touch is a matter for a person; the records are fine and wait.
    return retry_error(status.error().message);
  }
  if (status = register_manipulators(session->connection); !status) return retry_error(status.error().message);
  session_ = std::move(session);
  return {};
}

Status PostgresStore::write(const std::vector<core::Record>& records) {
  if (auto status = connect(); !status) return status;
  const auto statements = statements_of_all(records);
  if (!statements) return statements.error();
  auto status = sql_guard([&] {
    pqxx::work tx(session_->connection);
    for (const auto& statement : *statements) tx.exec_params(statement.sql, statement.payload);
    tx.commit();
  });
  if (status.ok()) {
    summary_is_old_ = summary_is_old_ || std::any_of(records.begin(), records.end(), touches_datasets);
  } else if (status.error().cls != ErrorClass::Invalid) {
    session_.reset();
  }
  return status;
}

Status PostgresStore::settle() {
  if (!summary_is_old_) return {};
  if (auto status = connect(); !status) return status;
  auto status = sql_guard([&] {
    pqxx::nontransaction session(session_->connection);
    session.exec("REFRESH MATERIALIZED VIEW CONCURRENTLY visionops.dataset_group_summary");
  });
  if (status.ok()) {
    summary_is_old_ = false;
  } else {
    session_.reset();
  }
  return status;
}

}  // namespace visionops::record
