#include "tests/record/database.h"

#include <spdlog/sinks/null_sink.h>
#include <spdlog/spdlog.h>
#include <stdlib.h>

namespace visionops::record {
namespace {

std::unique_ptr<TemporaryFolder> g_folder;
std::unique_ptr<PrivatePostgres> g_server;

class ServerEnvironment final : public ::testing::Environment {
 public:
  void TearDown() override {
    g_server.reset();
    g_folder.reset();
  }
};

const auto* const g_environment = ::testing::AddGlobalTestEnvironment(new ServerEnvironment);

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "visionops_record.XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp");
  path_ = pattern;
  // The server may run as another user and must reach its folder below this one.
  std::filesystem::permissions(path_, std::filesystem::perms(0711));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

PrivatePostgresOptions server_options(const std::filesystem::path& folder) {
  PrivatePostgresOptions options;
  options.folder = folder;
  const char* path = ::getenv("PATH");
  options.path_variable = path != nullptr ? path : "";
  options.log = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::null_sink_mt>());
  return options;
}

const PrivatePostgres& shared_server() {
  if (!g_server) {
    g_folder = std::make_unique<TemporaryFolder>();
    auto server = PrivatePostgres::start(server_options(g_folder->path() / "postgres"));
    // These tests are about a real PostgreSQL; without one they fail instead of passing for nothing.
    if (!server) throw std::runtime_error("no PostgreSQL to test with: " + server.error().message);
    g_server = std::move(*server);
  }
  return *g_server;
}

void DatabaseTest::SetUp() {
  static int number = 0;
  const std::string name = "test_" + std::to_string(++number);
  pqxx::connection admin(shared_server().connection_string());
  pqxx::nontransaction session(admin);
  session.exec("CREATE DATABASE " + name);
  database_ = shared_server().connection_string();
  database_.replace(database_.find("dbname="), std::string::npos, "dbname=" + name);
}

void DatabaseTest::TearDown() {
  const std::string name = database_.substr(database_.find("dbname=") + 7);
  pqxx::connection admin(shared_server().connection_string());
  pqxx::nontransaction session(admin);
  session.exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
}

std::string DatabaseTest::query(const std::string& sql) const {
  pqxx::connection connection(database_);
  pqxx::nontransaction session(connection);
  const auto rows = session.exec(sql);
  if (rows.empty()) return "(none)";
  return rows[0][0].is_null() ? "NULL" : rows[0][0].as<std::string>();
}

}  // namespace visionops::record
