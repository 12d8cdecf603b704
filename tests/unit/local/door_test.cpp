// A second process talks to the one that owns the folder.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <thread>

#include "operator/local/api_server/local_cluster.h"
#include "operator/local/door/door_client.h"
#include "operator/local/door/door_server.h"
#include "tests/unit/local/objects.h"
#include "tests/unit/local/temporary_folder.h"

namespace visionops::local {
namespace {

using cluster::Kind;
using test::key;

class DoorTest : public testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    auto server = DoorServer::open(folder_.path(), api_, store_);
    ASSERT_TRUE(server.ok()) << server.error().message;
    server_ = std::move(*server);
  }
  std::unique_ptr<DoorClient> guest() {
    auto client = DoorClient::open(folder_.path());
    if (!client) throw std::runtime_error(client.error().message);
    return std::move(*client);
  }

  test::TemporaryFolder folder_;
  SystemClock clock_;
  ObjectStore store_{clock_};
  LocalCluster api_{store_};
  std::unique_ptr<DoorServer> server_;
};

TEST_F(DoorTest, GivesAGuestTheWholeApi) {
  const auto client = guest();
  EXPECT_EQ(client->owner(), ::getpid());
  auto created = client->create(test::dataset("a"));
  ASSERT_TRUE(created.ok()) << created.error().message;
  EXPECT_EQ(client->create(test::dataset("a")).error().cls, ErrorClass::AlreadyExists);
  std::get<api::Dataset>(*created).meta.labels["team"] = "x";
  ASSERT_TRUE(client->update(*created).ok());
  EXPECT_EQ(client->update(*created).error().cls, ErrorClass::Conflict);
  EXPECT_EQ(client->list(Kind::Dataset, {"default", {{"team", "x"}}})->items.size(), 1U);
  EXPECT_EQ(client->list(Kind::Dataset, {"default", {{"team", "y"}}})->items.size(), 0U);
  EXPECT_EQ(cluster::meta_of(*api_.get(key(Kind::Dataset, "a"))).labels.at("team"), "x");
  api_.emit(*created, {cluster::EventType::Warning, "Why", "because"});
  EXPECT_EQ(client->list_events(key(Kind::Dataset, "a"))->size(), 1U);
  EXPECT_EQ(client->latest_warning(*created)->value().reason, "Why");
  EXPECT_FALSE(client->update_status(*created).ok());
  ASSERT_TRUE(client->remove(key(Kind::Dataset, "a"), {}).ok());
  EXPECT_EQ(client->get(key(Kind::Dataset, "a")).error().cls, ErrorClass::NotFound);
  EXPECT_EQ(server_->asked(), (std::set<cluster::ObjectKey>{key(Kind::Dataset, "a")}));
}

TEST_F(DoorTest, AListMayBeLongerThanWhatAGuestMaySay) {
  for (int i = 0; i < 40; ++i) {
    auto dataset = test::dataset("a" + std::to_string(i));
    dataset.meta.annotations["note"] = std::string(250'000, 'x');
    ASSERT_TRUE(api_.create(dataset).ok());
  }
  const auto list = guest()->list(Kind::Dataset, {});
  ASSERT_TRUE(list.ok()) << list.error().message;
  EXPECT_EQ(list->items.size(), 40U);
}

TEST_F(DoorTest, DeliversChangesToAWatchUntilItIsStopped) {
  const auto client = guest();
  std::stop_source stop;
  std::vector<std::string> seen;
  std::jthread maker([&] {
    EXPECT_TRUE(api_.create(test::dataset("a")).ok());
    EXPECT_TRUE(api_.create(test::dataset("b")).ok());
  });
  const auto on_change = [&](const cluster::Change& change) {
    seen.push_back(cluster::meta_of(change.object).name);
    if (seen.size() == 2) stop.request_stop();
  };
  EXPECT_TRUE(client->watch(Kind::Dataset, {}, "0", on_change, stop.get_token()).ok());
  EXPECT_EQ(seen, (std::vector<std::string>{"a", "b"}));
}

TEST_F(DoorTest, IsForThisUserAlone) {
  struct stat facts {};
  ASSERT_EQ(::stat((folder_.path() / kDoorName).c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST_F(DoorTest, TellsAGuestThatTheOwnerHasEnded) {
  const auto client = guest();
  server_.reset();
  EXPECT_EQ(client->get(key(Kind::Dataset, "a")).error().cls, ErrorClass::Retry);
  EXPECT_EQ(DoorClient::open(folder_.path()).error().cls, ErrorClass::NotFound);
  open();
  EXPECT_EQ(guest()->get(key(Kind::Dataset, "a")).error().cls, ErrorClass::NotFound);
}

TEST_F(DoorTest, WorksWhereThePathIsLongerThanAnAddress) {
  const auto deep = folder_.path() / std::string(100, 'd') / std::string(100, 'e');
  std::filesystem::create_directories(deep);
  const auto server = DoorServer::open(deep, api_, store_);
  ASSERT_TRUE(server.ok()) << server.error().message;
  EXPECT_TRUE(DoorClient::open(deep).ok());
}

TEST_F(DoorTest, AnswersNonsenseWithARefusalAndLivesOn) {
  auto raw = knock_at_door(folder_.path());
  ASSERT_TRUE(raw.ok()) << raw.error().message;
  LineSocket line(std::move(*raw), kLongestAnswer);
  for (const char* text : {"{", "[]", "null", "{}", R"({"verb":"get","kind":"Nothing"})", R"({"verb":7})",
                           R"({"verb":"changes","kind":"Dataset","since":"x"})", R"({"verb":"create"})"}) {
    ASSERT_TRUE(line.write_line(text).ok());
    const auto reply = line.read_line();
    ASSERT_TRUE(reply.ok()) << text;
    EXPECT_NE(reply->find("\"error\""), std::string::npos) << text << " gave " << *reply;
  }
  EXPECT_TRUE(DoorClient::open(folder_.path()).ok());
}

TEST_F(DoorTest, AQuestionMayBeSoLongAndALongerOneEndsTheConnection) {
  const auto ask = [this](std::size_t size) {
    auto raw = knock_at_door(folder_.path());
    if (!raw) return raw.error().message;
    LineSocket line(std::move(*raw), kLongestAnswer);
    (void)line.write_line(R"({"verb":")" + std::string(size - 11, 'x') + "\"}");
    const auto reply = line.read_line();
    return reply ? *reply : std::string("ended");
  };
  EXPECT_NE(ask(kLongestQuestion - 1).find("\"error\""), std::string::npos);
  EXPECT_EQ(ask(kLongestQuestion + 1), "ended");
  EXPECT_TRUE(DoorClient::open(folder_.path()).ok());
}

}  // namespace
}  // namespace visionops::local
