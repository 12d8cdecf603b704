#include "operator/assembly/history.h"

#include <spdlog/spdlog.h>

#include <cstdlib>

#include "operator/record/absent_store.h"
#include "operator/record/postgres_store.h"

namespace visionops::commands {

namespace {

bool holds_password(const std::string& text) {
  if (text.find("password") != std::string::npos) return true;
  const auto scheme = text.find("://");
  const auto at = text.find('@');
  return scheme != std::string::npos && at != std::string::npos && text.find(':', scheme + 3) < at;
}

std::filesystem::path postgres_folder(const std::string& data_folder) {
  return std::filesystem::absolute(data_folder) / "postgres";
}

Result<std::unique_ptr<record::PrivatePostgres>> start_private_postgres(const std::string& data_folder,
                                                                        const std::shared_ptr<spdlog::logger>& log) {
  record::PrivatePostgresOptions options;
  options.folder = postgres_folder(data_folder);
  const char* path = std::getenv("PATH");
  options.path_variable = path ? path : "";
  options.log = log;
  return record::PrivatePostgres::start(std::move(options));
}

/// In use is no damage.
Error with_mending(const Error& error, const std::string& data_folder) {
  Error out = error.in("private PostgreSQL");
  if (error.cls == ErrorClass::Conflict || error.cls == ErrorClass::NotFound) return out;
  const std::string folder = postgres_folder(data_folder).lexically_normal().string();
  out.message += ". To begin a new history and keep the damaged one aside: mv " + folder + " " + folder + ".damaged";
  return out;
}

std::unique_ptr<record::RecordWriter> writer_to(std::unique_ptr<record::RecordStore> store,
                                                const std::string& data_folder,
                                                const std::shared_ptr<spdlog::logger>& log) {
  record::WriterOptions options;
  options.spool = std::filesystem::path(data_folder) / "records.spool";
  options.log = log;
  return std::make_unique<record::RecordWriter>(std::move(store), std::move(options));
}

}  // namespace

Result<Secret> database_of(const std::string& flag) {
  if (holds_password(flag)) {
    return invalid_error(
        "--database must not hold a password: put the whole string into VISIONOPS_DATABASE, or use ~/.pgpass");
  }
  if (!flag.empty()) return Secret(flag);
  const char* env = std::getenv("VISIONOPS_DATABASE");
  return Secret(env ? env : "");
}

Result<PrivateDatabase> reach_private_database(const std::string& data_folder,
                                               const std::shared_ptr<spdlog::logger>& log) {
  auto server = start_private_postgres(data_folder, log);
  if (server) {
    auto connection = (*server)->connection_string();
    return PrivateDatabase{*std::move(server), std::move(connection)};
  }
  if (server.error().cls != ErrorClass::Conflict) return with_mending(server.error(), data_folder);
  return PrivateDatabase{nullptr, record::PrivatePostgres::connection_to_running(postgres_folder(data_folder))};
}

Result<History> open_history(const std::string& data_folder, const Secret& database,
                             const std::shared_ptr<spdlog::logger>& log) {
  History history;
  std::string connection = database.reveal();
  if (connection.empty()) {
    auto server = start_private_postgres(data_folder, log);
    if (!server && server.error().cls == ErrorClass::NotFound) {
      log->warn("no history is kept: {}", server.error().message);
      return history;
    }
    if (!server) {
      const Error why = with_mending(server.error(), data_folder);
      history.broken = why.message;
      history.writer = writer_to(std::make_unique<record::AbsentStore>(why), data_folder, log);
      return history;
    }
    history.server = std::move(*server);
    connection = history.server->connection_string();
  }
  auto store = record::PostgresStore::open(connection);
  if (!store) return store.error();
  history.writer = writer_to(*std::move(store), data_folder, log);
  return history;
}

}  // namespace visionops::commands
