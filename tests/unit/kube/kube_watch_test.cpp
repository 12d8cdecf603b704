// Watches and the ways in which they end.
#include <atomic>
#include <future>

#include "tests/unit/kube/canned_cluster.h"

namespace visionops::kube {
namespace {

using cluster::Change;
using cluster::ChangeType;
using cluster::Kind;
using std::chrono::milliseconds;
using std::chrono::seconds;
using SteadyClock = std::chrono::steady_clock;

struct Watched {
  Status how;
  std::vector<std::string> seen;  ///< "name@resourceVersion"; the name of a bookmark is empty
};

Watched watch(CannedCluster& cluster, std::stop_token stop = {}) {
  Watched out;
  out.how = cluster.api->watch(
      Kind::Dataset, {"a", {}}, "5",
      [&](const Change& change) {
        const auto& meta = cluster::meta_of(change.object);
        out.seen.push_back(meta.name + "@" + meta.resource_version);
      },
      std::move(stop));
  return out;
}

using Names = std::vector<std::string>;

TEST(KubeWatch, AWatchThatTheServerEndsAtItsTimeIsNoError) {
  CannedCluster cluster([](CannedConnection& connection, const CannedRequest& request) {
    EXPECT_NE(request.path.find("watch=true&allowWatchBookmarks=true&resourceVersion=5&timeoutSeconds="),
              std::string::npos);
    connection.begin_stream();
    connection.chunk(event_line("ADDED", dataset_json("a", 6)));
    connection.chunk(event_line("BOOKMARK", R"({"kind":"Dataset","metadata":{"resourceVersion":"9"}})"));
    connection.last_chunk();
  });
  const auto watched = watch(cluster);
  EXPECT_TRUE(watched.how.ok());
  EXPECT_EQ(watched.seen, (Names{"a@6", "@9"}));
}

TEST(KubeWatch, LinesDoNotDependOnTheBordersOfChunks) {
  CannedCluster cluster([](CannedConnection& connection, const CannedRequest&) {
    const std::string lines = event_line("ADDED", dataset_json("a", 6)) + event_line("MODIFIED", dataset_json("b", 7)) +
                              event_line("DELETED", dataset_json("c", 8));
    connection.begin_stream();
    for (std::size_t at = 0; at < lines.size(); at += 97) connection.chunk(lines.substr(at, 97));
    connection.last_chunk();
  });
  EXPECT_EQ(watch(cluster).seen, (Names{"a@6", "b@7", "c@8"}));
}

TEST(KubeWatch, AnObjectOfAMegabyteArrivesWhole) {
  std::string big = dataset_json("a", 6);
  big.insert(big.size() - 2, R"("description":")" + std::string(1 << 20, 'x') + "\"");
  CannedCluster cluster([&](CannedConnection& connection, const CannedRequest&) {
    connection.begin_stream();
    connection.chunk(event_line("ADDED", big));
    connection.chunk(event_line("ADDED", dataset_json("b", 7)));
    connection.last_chunk();
  });
  EXPECT_EQ(watch(cluster).seen, (Names{"a@6", "b@7"}));
}

TEST(KubeWatch, AForgottenVersionIsGoneInsideOfTheStreamAndOutside) {
  CannedCluster inside([](CannedConnection& connection, const CannedRequest&) {
    connection.begin_stream();
    connection.chunk(event_line("ERROR", status_json(410, "Expired", "too old resource version: 5 (900)")));
    connection.wait_for_hang_up();
  });
  EXPECT_EQ(watch(inside).how.error().cls, ErrorClass::Gone);
  CannedCluster outside([](CannedConnection& connection, const CannedRequest&) {
    connection.reply(410, status_json(410, "Gone", "too old resource version: 5 (900)"));
  });
  const auto watched = watch(outside);
  EXPECT_EQ(watched.how.error().cls, ErrorClass::Gone);
  EXPECT_NE(watched.how.error().message.find("too old resource version"), std::string::npos);
}

TEST(KubeWatch, AnErrorInsideOfTheStreamIsRetriedFromTheLastVersion) {
  CannedCluster cluster([](CannedConnection& connection, const CannedRequest&) {
    connection.begin_stream();
    connection.chunk(event_line("ADDED", dataset_json("a", 6)));
    connection.chunk(event_line("ERROR", status_json(500, "InternalError", "etcd is leaderless")));
    connection.wait_for_hang_up();
  });
  const auto watched = watch(cluster);
  EXPECT_EQ(watched.seen, (Names{"a@6"}));
  EXPECT_EQ(watched.how.error().cls, ErrorClass::Retry);
}

TEST(KubeWatch, AConnectionCutInTheMiddleOfALineIsRetriedFromTheLastWholeOne) {
  std::promise<void> seen;
  CannedCluster cluster([&](CannedConnection& connection, const CannedRequest&) {
    connection.begin_stream();
    connection.chunk(event_line("ADDED", dataset_json("a", 6)));
    seen.get_future().wait();  // what arrives together with the end of a connection may be lost
    connection.chunk(event_line("ADDED", dataset_json("b", 7)).substr(0, 60));
    connection.hang_up();
  });
  std::vector<std::string> names;
  const auto how = cluster.api->watch(Kind::Dataset, {"a", {}}, "5",
                                      [&](const Change& change) {
                                        names.push_back(cluster::meta_of(change.object).name);
                                        seen.set_value();
                                      },
                                      {});
  EXPECT_EQ(names, (Names{"a"}));
  ASSERT_FALSE(how.ok());
  EXPECT_EQ(how.error().cls, ErrorClass::Retry);
}

TEST(KubeWatch, AQuietOrHalfOpenConnectionEndsAfterTheIdleLimitToBeOpenedAgain) {
  CannedCluster cluster(
      [](CannedConnection& connection, const CannedRequest&) {
        connection.begin_stream();
        connection.chunk(event_line("ADDED", dataset_json("a", 6)));
        connection.wait_for_hang_up();
      },
      KubeLimits{.watch_idle = seconds(3)});  // a TLS handshake on a busy machine fits
  const auto start = SteadyClock::now();
  const auto watched = watch(cluster);
  EXPECT_EQ(watched.seen, (Names{"a@6"}));
  EXPECT_TRUE(watched.how.ok()) << watched.how.error().message;
  EXPECT_GE(SteadyClock::now() - start, seconds(3));
}

TEST(KubeWatch, BookmarksKeepAQuietWatchAlive) {
  CannedCluster cluster(
      [](CannedConnection& connection, const CannedRequest&) {
        connection.begin_stream();
        for (int version = 6; version < 12; ++version) {
          std::this_thread::sleep_for(milliseconds(700));
          connection.chunk(
              event_line("BOOKMARK", R"({"metadata":{"resourceVersion":")" + std::to_string(version) + "\"}}"));
        }
        connection.last_chunk();
      },
      KubeLimits{.watch_idle = seconds(3)});
  const auto watched = watch(cluster);
  EXPECT_TRUE(watched.how.ok()) << watched.how.error().message;
  EXPECT_EQ(watched.seen.size(), 6U);
}

TEST(KubeWatch, AServerThatIsTooBusyToWatchGetsTheTimeItAskedFor) {
  CannedCluster cluster([](CannedConnection& connection, const CannedRequest&) {
    connection.reply(429, status_json(429, "TooManyRequests"), "Retry-After: 1\r\n");
  });
  const auto start = SteadyClock::now();
  EXPECT_EQ(watch(cluster).how.error().cls, ErrorClass::Retry);
  EXPECT_GE(SteadyClock::now() - start, seconds(1));
}

/// The server's connection must end too: otherwise it would go on sending into a buffer that nobody reads.
TEST(KubeWatch, AStoppedWatchHangsUpAtOnce) {
  std::promise<void> begun;
  std::promise<void> hung_up;
  CannedCluster cluster([&](CannedConnection& connection, const CannedRequest&) {
    connection.begin_stream();
    begun.set_value();
    connection.wait_for_hang_up();
    hung_up.set_value();
  });
  std::stop_source stop;
  auto watched = std::async(std::launch::async, [&] { return watch(cluster, stop.get_token()); });
  begun.get_future().wait();
  stop.request_stop();
  ASSERT_EQ(watched.wait_for(seconds(5)), std::future_status::ready);
  EXPECT_TRUE(watched.get().how.ok());
  EXPECT_EQ(hung_up.get_future().wait_for(seconds(5)), std::future_status::ready);
}

TEST(KubeWatch, AWatchThatEndsWithAnErrorHangsUpToo) {
  std::promise<void> hung_up;
  CannedCluster cluster([&](CannedConnection& connection, const CannedRequest&) {
    connection.begin_stream();
    connection.chunk("this is no JSON\n");
    connection.wait_for_hang_up();
    hung_up.set_value();
  });
  EXPECT_EQ(watch(cluster).how.error().cls, ErrorClass::Retry);
  EXPECT_EQ(hung_up.get_future().wait_for(seconds(5)), std::future_status::ready);
}

TEST(KubeWatch, WatchesAndCallsShareATransportWithoutWaitingForEachOther) {
  CannedCluster cluster([](CannedConnection& connection, const CannedRequest& request) {
    if (request.path.find("watch=true") == std::string::npos) return connection.reply(200, dataset_json("a", 7));
    connection.begin_stream();
    connection.wait_for_hang_up();
  });
  std::stop_source stop;
  std::vector<std::thread> watchers;
  for (int i = 0; i < 6; ++i) watchers.emplace_back([&] { (void)watch(cluster, stop.get_token()); });
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(cluster.api->get(kDatasetA).ok());
  stop.request_stop();
  for (auto& watcher : watchers) watcher.join();
}

}  // namespace
}  // namespace visionops::kube
