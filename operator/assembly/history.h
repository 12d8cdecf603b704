// Where the history of an embedded cluster goes: a private PostgreSQL, or a database of the user.
#pragma once

#include <spdlog/fwd.h>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "operator/record/private_postgres.h"
#include "operator/record/record_writer.h"

namespace visionops::commands {

/// $VISIONOPS_DATABASE or --database. A connection string with a password is refused on the command
/// line, where every user of the machine could read it.
Result<Secret> database_of(const std::string& flag);

struct History {
  std::unique_ptr<record::PrivatePostgres> server;  ///< empty: a database of the user, or none
  std::unique_ptr<record::RecordWriter> writer;     ///< empty: no history
  std::string broken;  ///< why the records only wait, and how to mend it; empty: they do not
};

/// Without `database` a private PostgreSQL below `data_folder` is started. The run goes on without history when that is
/// not installed (no writer) or does not start (broken): both have been logged once. An error is a mistake in
/// `database`.
Result<History> open_history(const std::string& data_folder, const Secret& database,
                             const std::shared_ptr<spdlog::logger>& log);

/// The private database alone, for queries.
struct PrivateDatabase {
  std::unique_ptr<record::PrivatePostgres> server;  ///< empty: of a `visionops run` that is alive
  std::string connection;                           ///< for libpq
};
/// An error tells how to mend it.
Result<PrivateDatabase> reach_private_database(const std::string& data_folder,
                                               const std::shared_ptr<spdlog::logger>& log);

}  // namespace visionops::commands
