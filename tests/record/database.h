// One private PostgreSQL for the whole test program, a database of its own for each test.
#pragma once

#include <gtest/gtest.h>
#include <pqxx/pqxx>

#include <filesystem>
#include <memory>
#include <string>

#include "operator/record/private_postgres.h"

namespace visionops::record {

/// Removed with everything below it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

PrivatePostgresOptions server_options(const std::filesystem::path& folder);

/// The server of the program; starts it at the first call, stops it at the end.
const PrivatePostgres& shared_server();

class DatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;
  /// Of this test's own, empty database.
  [[nodiscard]] const std::string& database() const { return database_; }
  /// First column of the first row as text; "NULL" and "(none)" where there is nothing.
  [[nodiscard]] std::string query(const std::string& sql) const;

 private:
  std::string database_;
};

}  // namespace visionops::record
