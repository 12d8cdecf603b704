#include "operator/record/migrator.h"

#include <map>
#include <optional>

#include "base/digest.h"
#include "base/json.h"
#include "operator/record/rows/statement.h"
#include "operator/record/sql_error.h"
#include "worker/contract/manipulator_call.h"

namespace visionops::record {
namespace {

constexpr int kOldestServer = 140000;
// Any constant does, as long as all operators use the same one: "visionop" in ASCII.
constexpr const char* kLock = "8532478960012144496";

struct Applied {
  std::string name;
  std::string checksum;
};

/// The session lock; given back also when a migration fails.
class MigrationLock {
 public:
  explicit MigrationLock(pqxx::connection& connection) : connection_(connection) {
    pqxx::nontransaction session(connection_);
    session.exec("SET lock_timeout = '30s'");
    session.exec(std::string("SELECT pg_advisory_lock(") + kLock + ")");
  }
  ~MigrationLock() {
    // A broken connection has lost the lock already.
    (void)sql_guard([this] {
      pqxx::nontransaction session(connection_);
      session.exec(std::string("SELECT pg_advisory_unlock(") + kLock + ")");
      session.exec("RESET lock_timeout");
    });
  }
  MigrationLock(const MigrationLock&) = delete;
  MigrationLock& operator=(const MigrationLock&) = delete;

 private:
  pqxx::connection& connection_;
};

std::map<int, Applied> read_applied(pqxx::connection& connection) {
  pqxx::work tx(connection);
  tx.exec("CREATE SCHEMA IF NOT EXISTS visionops");
  tx.exec(
      "CREATE TABLE IF NOT EXISTS visionops.schema_migrations (version integer PRIMARY KEY, name text NOT NULL, "
      "checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())");
  std::map<int, Applied> applied;
  for (const auto& row : tx.exec("SELECT version, name, checksum FROM visionops.schema_migrations ORDER BY version")) {
    applied[row[0].as<int>()] = {row[1].as<std::string>(), row[2].as<std::string>()};
  }
  tx.commit();
  return applied;
}

Status check_applied(const std::map<int, Applied>& applied, const std::vector<Migration>& migrations) {
  const int newest = migrations.empty() ? 0 : migrations.back().version;
  for (const auto& [version, row] : applied) {
    if (version > newest) {
      return invalid_error("the database has migration " + std::to_string(version) + " (" + row.name +
                           "), this program ends at " + std::to_string(newest) +
                           ": it was used by a newer visionops; run that version");
    }
  }
  for (const auto& migration : migrations) {
    const auto it = applied.find(migration.version);
    if (it != applied.end() && it->second.checksum != sha256_hex(migration.sql)) {
      return invalid_error("migration " + std::to_string(migration.version) + " (" + migration.name +
                           ") was applied with other content; applied migrations are never changed");
    }
  }
  return {};
}

void apply(pqxx::connection& connection, const Migration& migration) {
  pqxx::work tx(connection);
  tx.exec(migration.sql);
  tx.exec_params("INSERT INTO visionops.schema_migrations (version, name, checksum) VALUES ($1, $2, $3)",
                 migration.version, migration.name, sha256_hex(migration.sql));
  tx.commit();
}

Status migrate_locked(pqxx::connection& connection, const std::vector<Migration>& migrations) {
  std::map<int, Applied> applied;
  if (auto status = sql_guard([&] { applied = read_applied(connection); }); !status) return status;
  if (auto status = check_applied(applied, migrations); !status) return status;
  for (const auto& migration : migrations) {
    if (applied.contains(migration.version)) continue;
    const auto status = sql_guard([&] { apply(connection, migration); });
    if (!status)
      return status.error().in("migration " + std::to_string(migration.version) + " (" + migration.name + ")");
  }
  return {};
}

Json names_json(const std::vector<contract::ManipulatorScope>& scopes) {
  Json out = Json::array();
  for (const auto scope : scopes) out.push_back(std::string(enum_name(scope)));
  return out;
}

Json parsed_or_null(const std::string& text) {
  auto json = parse_json(text);
  return json ? std::move(*json) : Json(nullptr);
}

Json catalog_json() {
  Json out = Json::array();
  for (const auto& info : contract::manipulator_catalog()) {
    out.push_back({{"name", info.name},
                   {"category", std::string(enum_name(info.category))},
                   {"scope", names_json(info.scopes)},
                   {"compatible_task_types", info.tasks},
                   {"compatible_annotation_fmts", info.formats},
                   {"output_annotation_fmt", info.output_format.empty() ? Json(nullptr) : Json(info.output_format)},
                   {"params_schema", parsed_or_null(info.params_schema)},
                   {"example", parsed_or_null(info.example)},
                   {"description", info.doc},
                   {"status", std::string(enum_name(info.status))},
                   {"version", info.version}});
  }
  return out;
}

constexpr const char* kUpsertManipulators = R"sql(
INSERT INTO visionops.manipulators AS m
  (name, category, scope, compatible_task_types, compatible_annotation_fmts, output_annotation_fmt, params_schema,
   example, description, status, version)
SELECT r.name, r.category, r.scope, r.compatible_task_types, r.compatible_annotation_fmts, r.output_annotation_fmt,
       coalesce(r.params_schema, '{}'), r.example, r.description, r.status, r.version
FROM jsonb_to_recordset($1::jsonb) AS r(
  name text, category visionops.manipulator_category, scope jsonb, compatible_task_types jsonb,
  compatible_annotation_fmts jsonb, output_annotation_fmt text, params_schema jsonb, example jsonb, description text,
  status visionops.manipulator_status, version text)
ON CONFLICT (name) DO UPDATE SET
  category = excluded.category, scope = excluded.scope, compatible_task_types = excluded.compatible_task_types,
  compatible_annotation_fmts = excluded.compatible_annotation_fmts,
  output_annotation_fmt = excluded.output_annotation_fmt, params_schema = excluded.params_schema,
  example = excluded.example, description = excluded.description, status = excluded.status, version = excluded.version
WHERE (m.category, m.scope, m.compatible_task_types, m.compatible_annotation_fmts, m.output_annotation_fmt,
       m.params_schema, m.example, m.description, m.status, m.version) IS DISTINCT FROM
      (excluded.category, excluded.scope, excluded.compatible_task_types, excluded.compatible_annotation_fmts,
       excluded.output_annotation_fmt, excluded.params_schema, excluded.example, excluded.description, excluded.status,
       excluded.version))sql";

constexpr const char* kDeprecateManipulators = R"sql(
UPDATE visionops.manipulators SET status = 'DEPRECATED'
WHERE status <> 'DEPRECATED' AND name NOT IN (SELECT r.name FROM jsonb_to_recordset($1::jsonb) AS r(name text)))sql";

}  // namespace

Status migrate(pqxx::connection& connection, const std::vector<Migration>& migrations) {
  if (const int version = connection.server_version(); version < kOldestServer) {
    return invalid_error("PostgreSQL " + std::to_string(version / 10000) + " is too old, 14 or newer is needed");
  }
  std::optional<MigrationLock> lock;
  if (auto status = sql_guard([&] { lock.emplace(connection); }); !status) {
    return status.error().in("waiting for another migration");
  }
  return migrate_locked(connection, migrations);
}

Status register_manipulators(pqxx::connection& connection) {
  const std::string payload = payload_text(catalog_json());
  return sql_guard([&] {
    pqxx::work tx(connection);
    tx.exec_params(kUpsertManipulators, payload);
    tx.exec_params(kDeprecateManipulators, payload);
    tx.commit();
  });
}

}  // namespace visionops::record
