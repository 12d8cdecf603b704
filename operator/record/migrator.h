// Forward-only migrations of the schema `visionops`, safe against a second operator that migrates at
// the same moment (advisory lock).
#pragma once

#include <pqxx/pqxx>

#include <vector>

#include "base/result.h"
#include "operator/record/migrations.h"

namespace visionops::record {

/// Applies what is missing, each migration in its own transaction, and notes it with its checksum in
/// visionops.schema_migrations. Invalid: an applied migration differs from ours, the database is newer
/// than this program, or PostgreSQL is older than 14. Retry: the database is away or the lock is busy.
Status migrate(pqxx::connection& connection, const std::vector<Migration>& migrations);

/// Writes contract::manipulator_catalog() into visionops.manipulators.
Status register_manipulators(pqxx::connection& connection);

}  // namespace visionops::record
