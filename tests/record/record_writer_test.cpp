#include "operator/record/record_writer.h"

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

#include "operator/record/postgres_store.h"
#include "operator/record/spool.h"
#include "tests/record/database.h"
#include "tests/record/records.h"

namespace visionops::record {
namespace {

class RecordWriterTest : public DatabaseTest {
 protected:
  WriterOptions options() {
    WriterOptions out;
    out.first_backoff = Duration{20};
    out.last_backoff = Duration{100};
    out.spool = folder_.path() / "history.spool";
    out.log = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_));
    return out;
  }
  static std::unique_ptr<RecordStore> store_on(const std::string& connection_string) {
    auto store = PostgresStore::open(connection_string);
    return std::move(*store);
  }

  TemporaryFolder folder_;
  std::ostringstream log_;
};

TEST_F(RecordWriterTest, WritesEverythingBeforeFlushReturns) {
  RecordWriter writer(store_on(database()), options());
  for (int i = 0; i < 500; ++i) writer.push(telemetry(1, 1, i, i * 10, i * 10 + 9));
  writer.push(dataset("scan-a-v1.0.0", "scan-a"));
  ASSERT_TRUE(writer.flush(std::chrono::seconds(30)));
  EXPECT_EQ(query("SELECT count(*) FROM visionops.metrics"), "5000");
  EXPECT_EQ(query("SELECT count(*) FROM visionops.dataset_group_summary"), "1");
  const auto state = writer.state();
  EXPECT_TRUE(state.connected);
  EXPECT_EQ(state.waiting, 0U);
  EXPECT_EQ(state.written, 501U);
  EXPECT_EQ(state.dropped + state.rejected, 0U);
}

TEST_F(RecordWriterTest, OneBadRecordDoesNotBlockTheOthers) {
  RecordWriter writer(store_on(database()), options());
  std::vector<core::Record> batch;
  for (int i = 0; i < 100; ++i) batch.push_back(dataset("scan-" + std::to_string(i), "scan"));
  std::get<core::DatasetRecord>(batch[37]).dataset.spec.split = static_cast<Split>(99);
  std::get<core::DatasetRecord>(batch[99]).dataset.spec.split = static_cast<Split>(99);
  writer.push(std::move(batch));
  ASSERT_TRUE(writer.flush(std::chrono::seconds(30)));
  EXPECT_EQ(query("SELECT count(*) FROM visionops.datasets"), "98");
  EXPECT_EQ(writer.state().rejected, 2U);
  EXPECT_EQ(writer.state().written, 98U);
  EXPECT_NE(log_.str().find("Dataset default/scan-37 cannot be recorded"), std::string::npos) << log_.str();
}

TEST_F(RecordWriterTest, HistoryIsCompleteAfterTheServerWasAwayInTheMiddle) {
  const auto folder = folder_.path() / "own";
  auto server = PrivatePostgres::start(server_options(folder));
  ASSERT_TRUE(server.ok()) << server.error().message;
  const std::string connection_string = (*server)->connection_string();
  RecordWriter writer(store_on(connection_string), options());
  const auto count = [&] {
    pqxx::connection connection(connection_string);
    pqxx::nontransaction session(connection);
    return session.exec("SELECT count(*) FROM visionops.metrics")[0][0].as<int>();
  };
  for (int i = 0; i < 50; ++i) writer.push(telemetry(1, 1, i, i * 10, i * 10 + 9));
  ASSERT_TRUE(writer.flush(std::chrono::seconds(30)));
  ASSERT_EQ(count(), 500);

  (*server)->stop();
  for (int i = 50; i < 100; ++i) writer.push(telemetry(1, 1, i, i * 10, i * 10 + 9));
  EXPECT_FALSE(writer.flush(Duration{500}));
  EXPECT_FALSE(writer.state().connected);
  EXPECT_EQ(writer.state().waiting, 50U);
  EXPECT_FALSE(writer.state().last_error.empty());

  server->reset();
  server = PrivatePostgres::start(server_options(folder));
  ASSERT_TRUE(server.ok()) << server.error().message;
  ASSERT_TRUE(writer.flush(std::chrono::seconds(30)));
  EXPECT_EQ(count(), 1000);
  EXPECT_TRUE(writer.state().connected);
  EXPECT_TRUE(writer.state().last_error.empty());
  EXPECT_NE(log_.str().find("history waits"), std::string::npos);
  EXPECT_NE(log_.str().find("history is being written again"), std::string::npos);
  writer.stop();
}

TEST_F(RecordWriterTest, SpoolsWhatIsUnwrittenAndReplaysItAtTheNextStart) {
  {
    RecordWriter writer(store_on("host=/nonexistent dbname=x"), options());
    writer.push(dataset("scan-a-v1.0.0", "scan-a"));
    writer.push(telemetry(1, 1, 1, 1, 10));
    EXPECT_FALSE(writer.flush(Duration{100}));
  }
  ASSERT_TRUE(std::filesystem::exists(options().spool));
  RecordWriter writer(store_on(database()), options());
  ASSERT_TRUE(writer.flush(std::chrono::seconds(30)));
  EXPECT_EQ(query("SELECT count(*) FROM visionops.metrics"), "10");
  EXPECT_EQ(query("SELECT count(*) FROM visionops.datasets"), "1");
  EXPECT_FALSE(std::filesystem::exists(options().spool)) << "nothing is replayed twice";
}

TEST_F(RecordWriterTest, StopsWithinMomentsWhileTheDatabaseIsAway) {
  auto slow = options();
  slow.first_backoff = slow.last_backoff = std::chrono::minutes(1);
  RecordWriter writer(store_on("host=/nonexistent dbname=x"), slow);
  writer.push(dataset("a", "b"));
  EXPECT_FALSE(writer.flush(Duration{50}));
  const auto before = std::chrono::steady_clock::now();
  writer.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(20));
  const auto spool = read_spool(slow.spool);
  ASSERT_TRUE(spool.ok());
  EXPECT_EQ(spool->records.size(), 1U);
}

}  // namespace
}  // namespace visionops::record
