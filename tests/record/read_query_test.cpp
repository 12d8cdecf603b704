// `visionops sql` can read, and nothing else.
#include "operator/record/read_query.h"

#include "operator/record/migrations.h"
#include "operator/record/migrator.h"
#include "tests/record/database.h"

namespace visionops::record {
namespace {

class ReadQueryTest : public DatabaseTest {
 protected:
  void SetUp() override {
    DatabaseTest::SetUp();
    pqxx::connection connection(database());
    ASSERT_TRUE(migrate(connection, embedded_migrations()).ok());
    auto reader = reader_of(database());
    ASSERT_TRUE(reader.ok()) << reader.error().message;
    reader_ = *reader;
  }
  std::string refusal(const std::string& sql) {
    const auto result = read_query(reader_, sql, 10);
    return result ? "" : result.error().message;
  }
  std::string reader_;
};

TEST_F(ReadQueryTest, ReadsTheHistory) {
  const auto result = read_query(reader_, "SELECT count(*) AS n FROM visionops.datasets", 10);
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->columns, (std::vector<std::string>{"n"}));
  EXPECT_EQ(result->types, (std::vector<ColumnType>{ColumnType::Number}));
  EXPECT_EQ(result->rows.at(0).at(0), "0");
  EXPECT_TRUE(read_query(reader_, "SELECT * FROM visionops.dataset_group_summary", 10).ok());
}

TEST_F(ReadQueryTest, TakesOneStatement) {
  for (const char* sql : {"COMMIT; DELETE FROM visionops.schema_migrations", "SELECT 1; SELECT 2",
                          "ROLLBACK; BEGIN; DROP SCHEMA visionops CASCADE; COMMIT"})
    EXPECT_EQ(refusal(sql), "one statement at a time") << sql;
}

TEST_F(ReadQueryTest, WritesNothingAndStartsNothing) {
  const std::string before = query("SELECT count(*) FROM visionops.schema_migrations");
  EXPECT_NE(before, "0");
  for (const char* sql :
       {"DELETE FROM visionops.schema_migrations", "COPY visionops.schema_migrations TO PROGRAM 'cat >/tmp/stolen'",
        "COPY visionops.schema_migrations TO '/tmp/stolen'", "SELECT pg_read_file('/etc/passwd')", "RESET ROLE",
        "SET ROLE visionops", "SET SESSION AUTHORIZATION visionops", "CREATE TEMP TABLE t (x int)",
        "CREATE TABLE public.t (x int)", "DO $$ BEGIN RESET ROLE; DELETE FROM visionops.schema_migrations; END $$",
        "DO $$ BEGIN COMMIT; DELETE FROM visionops.schema_migrations; END $$",
        "WITH gone AS (DELETE FROM visionops.schema_migrations RETURNING 1) SELECT * FROM gone",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "ALTER ROLE visionops_reader SUPERUSER",
        "SELECT lo_export(1, '/tmp/stolen')"}) {
    refusal(sql);  // RESET ROLE alone is no error, and does nothing
    EXPECT_EQ(query("SELECT count(*) FROM visionops.schema_migrations"), before) << sql;
    EXPECT_EQ(query("SELECT rolsuper FROM pg_roles WHERE rolname = 'visionops_reader'"), "f") << sql;
  }
  for (const char* sql :
       {"DELETE FROM visionops.schema_migrations", "COPY visionops.schema_migrations TO PROGRAM 'true'",
        "COPY visionops.schema_migrations TO '/tmp/stolen'", "SELECT pg_read_file('/etc/passwd')", "SET ROLE visionops",
        "CREATE TEMP TABLE t (x int)"})
    EXPECT_NE(refusal(sql), "") << sql;
  EXPECT_FALSE(std::filesystem::exists("/tmp/stolen"));
}

TEST_F(ReadQueryTest, RefusesARoleThatCouldDoMore) {
  const auto result = read_query(database(), "SELECT 1", 10);
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().message.find("can do more than read"), std::string::npos);
}

TEST_F(ReadQueryTest, TellsTheTypesOfColumns) {
  const auto result = read_query(
      reader_, "SELECT 1::int, 2.5::numeric, true, 'x'::text, '{\"a\":1}'::jsonb, ARRAY[1,2], ARRAY['a'], NULL::int",
      10);
  ASSERT_TRUE(result.ok()) << result.error().message;
  using enum ColumnType;
  EXPECT_EQ(result->types, (std::vector<ColumnType>{Number, Number, Boolean, Text, Json, Numbers, Texts, Number}));
  EXPECT_EQ(result->rows.at(0).at(7), std::nullopt);
}

TEST(ArrayElements, AreThoseOfPostgres) {
  using Elements = std::vector<std::optional<std::string>>;
  EXPECT_EQ(array_elements("{1,2}"), (Elements{"1", "2"}));
  EXPECT_EQ(array_elements("{}"), Elements{});
  EXPECT_EQ(array_elements(R"({a,"b,\"c",NULL,"NULL",""})"), (Elements{"a", "b,\"c", std::nullopt, "NULL", ""}));
  EXPECT_EQ(array_elements("{{1},{2}}"), std::nullopt);
  EXPECT_EQ(array_elements("x"), std::nullopt);
}

}  // namespace
}  // namespace visionops::record
