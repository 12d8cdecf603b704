#include "operator/record/private_postgres.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "tests/record/database.h"

namespace visionops::record {
namespace {

namespace fs = std::filesystem;

bool wait_until(const std::function<bool()>& condition, std::chrono::seconds limit = std::chrono::seconds(30)) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (std::chrono::steady_clock::now() < deadline) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

bool answers(const std::string& connection_string) {
  try {
    pqxx::connection connection(connection_string);
    pqxx::nontransaction session(connection);
    return session.exec("SELECT 1")[0][0].as<int>() == 1;
  } catch (const std::exception&) {
    return false;
  }
}

bool alive(int pid) { return ::kill(pid, 0) == 0; }

/// Tests that leave the database usable share it: initdb takes a second.
class PrivatePostgresTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { shared_ = std::make_unique<TemporaryFolder>(); }
  static void TearDownTestSuite() { shared_.reset(); }
  const TemporaryFolder& folder = *shared_;

 private:
  static inline std::unique_ptr<TemporaryFolder> shared_;
};

TEST_F(PrivatePostgresTest, KeepsItsDataOverARestart) {
  auto server = PrivatePostgres::start(server_options(folder.path() / "postgres"));
  ASSERT_TRUE(server.ok()) << server.error().message;
  {
    pqxx::connection connection((*server)->connection_string());
    pqxx::nontransaction(connection).exec("CREATE TABLE kept (x int)");
  }
  const int first = (*server)->pid();
  (*server)->stop();
  EXPECT_FALSE(alive(first));
  EXPECT_FALSE(fs::exists(folder.path() / "postgres/cluster/postmaster.pid"));
  server = PrivatePostgres::start(server_options(folder.path() / "postgres"));
  ASSERT_TRUE(server.ok()) << server.error().message;
  pqxx::connection connection((*server)->connection_string());
  EXPECT_EQ(pqxx::nontransaction(connection).exec("SELECT count(*) FROM kept")[0][0].as<int>(), 0);
}

TEST(PrivatePostgres, IsReachableOnlyThroughItsOwnFolder) {
  const auto& server = shared_server();
  pqxx::connection connection(server.connection_string());
  pqxx::nontransaction session(connection);
  EXPECT_EQ(session.exec("SHOW listen_addresses")[0][0].as<std::string>(), "");
  const auto sockets = session.exec("SHOW unix_socket_directories")[0][0].as<std::string>();
  struct stat info {};
  ASSERT_EQ(::stat(sockets.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0700U);
}

TEST_F(PrivatePostgresTest, ComesBackWhenItWasKilled) {
  auto server = PrivatePostgres::start(server_options(folder.path() / "postgres"));
  ASSERT_TRUE(server.ok()) << server.error().message;
  const int first = (*server)->pid();
  ASSERT_GT(first, 0);
  ASSERT_EQ(::kill(first, SIGKILL), 0);
  EXPECT_TRUE(wait_until([&] { return (*server)->pid() != first && answers((*server)->connection_string()); }));
}

TEST_F(PrivatePostgresTest, EndsWithAnOwnerThatIsKilled) {
  int report[2];
  ASSERT_EQ(::pipe(report), 0);
  const pid_t owner = ::fork();
  if (owner == 0) {
    auto server = PrivatePostgres::start(server_options(folder.path() / "postgres"));
    const int pid = server.ok() ? (*server)->pid() : 0;
    (void)!::write(report[1], &pid, sizeof(pid));
    ::pause();
  }
  int pid = 0;
  ASSERT_EQ(::read(report[0], &pid, sizeof(pid)), static_cast<ssize_t>(sizeof(pid)));
  ASSERT_GT(pid, 0);
  ::kill(owner, SIGKILL);
  ::waitpid(owner, nullptr, 0);
  // At once, while the orphan may still be shutting down.
  auto server = PrivatePostgres::start(server_options(folder.path() / "postgres"));
  ASSERT_TRUE(server.ok()) << server.error().message;
  EXPECT_TRUE(wait_until([&] { return !alive(pid); }));
  EXPECT_TRUE(answers((*server)->connection_string()));
  ::close(report[0]);
  ::close(report[1]);
}

TEST_F(PrivatePostgresTest, RefusesAFolderThatIsInUse) {
  auto first = PrivatePostgres::start(server_options(folder.path() / "postgres"));
  ASSERT_TRUE(first.ok()) << first.error().message;
  auto second = PrivatePostgres::start(server_options(folder.path() / "postgres"));
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().cls, ErrorClass::Conflict);
  EXPECT_TRUE(answers(PrivatePostgres::connection_to_running(folder.path() / "postgres"))) << "but it can be asked";
  EXPECT_TRUE(answers((*first)->connection_string()));
}

TEST_F(PrivatePostgresTest, IgnoresAPidFileOfAnotherProcess) {
  auto server = PrivatePostgres::start(server_options(folder.path() / "postgres"));
  ASSERT_TRUE(server.ok()) << server.error().message;
  server->reset();
  // What a killed server leaves, with a number that now belongs to somebody else: to this test.
  std::ofstream(folder.path() / "postgres/cluster/postmaster.pid") << ::getpid() << "\n/nowhere\n";
  server = PrivatePostgres::start(server_options(folder.path() / "postgres"));
  EXPECT_TRUE(server.ok()) << server.error().message;
}

TEST(PrivatePostgres, WorksBelowAFolderWhosePathIsTooLongForASocket) {
  TemporaryFolder folder;
  const auto deep = folder.path() / std::string(60, 'a') / std::string(60, 'b');
  auto server = PrivatePostgres::start(server_options(deep));
  ASSERT_TRUE(server.ok()) << server.error().message;
  EXPECT_TRUE(answers((*server)->connection_string()));
  EXPECT_EQ(PrivatePostgres::connection_to_running(deep), (*server)->connection_string());
}

TEST(PrivatePostgres, WorksBelowAFolderThatTheServersUserMayNotSearch) {
  TemporaryFolder folder;
  fs::permissions(folder.path(), fs::perms(0700));  // as root's home
  auto server = PrivatePostgres::start(server_options(folder.path() / "postgres"));
  ASSERT_TRUE(server.ok()) << server.error().message;
  EXPECT_TRUE(answers((*server)->connection_string()));
}

TEST(PrivatePostgres, NamesThePackageOfAMissingVersion) {
  TemporaryFolder folder;
  fs::create_directories(folder.path() / "postgres/cluster");
  std::ofstream(folder.path() / "postgres/cluster/PG_VERSION") << "9\n";
  const auto server = PrivatePostgres::start(server_options(folder.path() / "postgres"));
  ASSERT_FALSE(server.ok());
  EXPECT_EQ(server.error().cls, ErrorClass::NotFound);
  EXPECT_NE(server.error().message.find("install postgresql-9"), std::string::npos);
}

TEST(PrivatePostgres, SaysWhatTheServerSaidWhenItDoesNotStart) {
  TemporaryFolder folder;
  auto server = PrivatePostgres::start(server_options(folder.path() / "postgres"));
  ASSERT_TRUE(server.ok()) << server.error().message;
  server->reset();
  std::ofstream(folder.path() / "postgres/cluster/postgresql.conf", std::ios::app) << "shared_buffers = 'many'\n";
  server = PrivatePostgres::start(server_options(folder.path() / "postgres"));
  ASSERT_FALSE(server.ok());
  EXPECT_NE(server.error().message.find("did not start"), std::string::npos) << server.error().message;
  EXPECT_NE(server.error().message.find("postgres.log"), std::string::npos);
}

}  // namespace
}  // namespace visionops::record
