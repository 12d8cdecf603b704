#include "operator/record/migrator.h"

#include <latch>
#include <thread>

#include "tests/record/database.h"
#include "worker/contract/manipulator_call.h"

namespace visionops::record {
namespace {

using MigratorTest = DatabaseTest;

TEST_F(MigratorTest, AppliesEverythingOnceAndASecondTimeNothing) {
  pqxx::connection connection(database());
  ASSERT_TRUE(migrate(connection, embedded_migrations()).ok());
  const std::string before =
      query("SELECT string_agg(version || checksum || applied_at, ',') FROM visionops.schema_migrations");
  const auto again = migrate(connection, embedded_migrations());
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(query("SELECT string_agg(version || checksum || applied_at, ',') FROM visionops.schema_migrations"),
            before);
  EXPECT_EQ(query("SELECT count(*) FROM visionops.schema_migrations"), std::to_string(embedded_migrations().size()));
}

TEST_F(MigratorTest, MakesEveryTableOfTheDesign) {
  pqxx::connection connection(database());
  ASSERT_TRUE(migrate(connection, embedded_migrations()).ok());
  for (const char* table : {"dataset_groups", "datasets", "dataset_lineage", "manipulators", "pipeline_executions",
                            "objectives", "recipes", "solutions", "solution_versions", "training_jobs", "metrics",
                            "checkpoints", "gpu_samples", "notifications", "dataset_group_summary"}) {
    EXPECT_NE(query(std::string("SELECT to_regclass('visionops.") + table + "')"), "NULL") << table;
  }
}

TEST_F(MigratorTest, RefusesAnAppliedMigrationThatWasChanged) {
  pqxx::connection connection(database());
  ASSERT_TRUE(migrate(connection, embedded_migrations()).ok());
  auto changed = embedded_migrations();
  changed[1].sql += "\n-- an afterthought";
  const auto status = migrate(connection, changed);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().cls, ErrorClass::Invalid);
  EXPECT_NE(status.error().message.find("migration 2 (pipelines)"), std::string::npos) << status.error().message;
}

TEST_F(MigratorTest, RefusesADatabaseOfANewerProgram) {
  pqxx::connection connection(database());
  ASSERT_TRUE(migrate(connection, embedded_migrations()).ok());
  auto older = embedded_migrations();
  older.pop_back();
  const auto status = migrate(connection, older);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().cls, ErrorClass::Invalid);
  EXPECT_NE(status.error().message.find("newer visionops"), std::string::npos);
}

TEST_F(MigratorTest, LeavesNothingOfAMigrationThatFails) {
  pqxx::connection connection(database());
  const std::vector<Migration> broken{{1, "good", "CREATE TABLE visionops.a (x int)"},
                                      {2, "bad", "CREATE TABLE visionops.b (x int); SELECT 1 / 0"}};
  const auto status = migrate(connection, broken);
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message.find("migration 2 (bad)"), std::string::npos);
  EXPECT_EQ(query("SELECT to_regclass('visionops.b')"), "NULL");
  EXPECT_EQ(query("SELECT max(version) FROM visionops.schema_migrations"), "1");
  // The lock was given back and the connection is usable.
  EXPECT_TRUE(migrate(connection, {broken[0]}).ok());
}

TEST_F(MigratorTest, TwoOperatorsAtTheSameMomentApplyEachMigrationOnce) {
  constexpr int kOperators = 4;
  std::latch together(kOperators);
  std::vector<Status> outcomes(kOperators);
  {
    std::vector<std::jthread> operators;
    for (int i = 0; i < kOperators; ++i) {
      operators.emplace_back([&, i] {
        pqxx::connection connection(database());
        together.arrive_and_wait();
        outcomes[static_cast<std::size_t>(i)] = migrate(connection, embedded_migrations());
      });
    }
  }
  for (const auto& outcome : outcomes) EXPECT_TRUE(outcome.ok()) << (outcome.ok() ? "" : outcome.error().message);
  EXPECT_EQ(query("SELECT count(*) FROM visionops.schema_migrations"), std::to_string(embedded_migrations().size()));
}

TEST_F(MigratorTest, FillsTheManipulatorsFromTheCatalog) {
  pqxx::connection connection(database());
  ASSERT_TRUE(migrate(connection, embedded_migrations()).ok());
  ASSERT_TRUE(register_manipulators(connection).ok());
  const auto& catalog = contract::manipulator_catalog();
  ASSERT_FALSE(catalog.empty());
  EXPECT_EQ(query("SELECT count(*) FROM visionops.manipulators"), std::to_string(catalog.size()));
  EXPECT_EQ(query("SELECT category FROM visionops.manipulators WHERE name = 'filter_keep_by_class'"), "FILTER");
  EXPECT_EQ(query("SELECT scope ? 'PER_SOURCE' AND scope ? 'POST_MERGE' FROM visionops.manipulators "
                  "WHERE name = 'remap_class_name'"),
            "t");
  EXPECT_EQ(query("SELECT jsonb_typeof(params_schema) FROM visionops.manipulators WHERE name = 'sample_n_images'"),
            "object");
}

TEST_F(MigratorTest, KeepsAManipulatorThatTheCatalogLostAsDeprecated) {
  pqxx::connection connection(database());
  ASSERT_TRUE(migrate(connection, embedded_migrations()).ok());
  ASSERT_TRUE(register_manipulators(connection).ok());
  const std::string renamed = contract::manipulator_catalog().front().name;
  (void)query("UPDATE visionops.manipulators SET name = 'blur' WHERE name = '" + renamed + "'");
  ASSERT_TRUE(register_manipulators(connection).ok());
  EXPECT_EQ(query("SELECT status FROM visionops.manipulators WHERE name = 'blur'"), "DEPRECATED");
  EXPECT_EQ(query("SELECT count(*) FROM visionops.manipulators WHERE name = '" + renamed + "'"), "1");
}

}  // namespace
}  // namespace visionops::record
