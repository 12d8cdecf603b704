// Lists that arrive as a stream, the ways in which they end, and bodies that are read slower than they come.
#include <atomic>
#include <thread>

#include "tests/unit/kube/canned_cluster.h"

namespace visionops::kube {
namespace {

using cluster::Kind;
using cluster::ListPage;

const std::string kComplete =
    R"({"kind":"Dataset","metadata":{"resourceVersion":"40","annotations":{"k8s.io/initial-events-end":"true"}}})";

std::string names_of(const std::vector<cluster::Object>& objects) {
  std::string out;
  for (const auto& object : objects) out += cluster::meta_of(object).name;
  return out;
}

struct Listed {
  Status how;
  std::vector<ListPage> pages;
};

Listed list(KubeCluster& api, const std::string& at_least = {}) {
  Listed out;
  out.how = api.list_pages(Kind::Dataset, {"a", {}, at_least}, [&](ListPage page) -> Status {
    out.pages.push_back(std::move(page));
    return {};
  });
  return out;
}

KubeLimits pages_of_two() {
  KubeLimits limits = canned_limits();
  limits.streamed_page = 2;
  return limits;
}

TEST(KubeListStream, IsHandedOnInPagesAndTheLastOneTellsTheVersion) {
  CannedCluster cluster(
      [](CannedConnection& connection, const CannedRequest& request) {
        EXPECT_NE(request.path.find("watch=true&sendInitialEvents=true&allowWatchBookmarks=true"
                                    "&resourceVersionMatch=NotOlderThan"),
                  std::string::npos);
        EXPECT_NE(request.path.find("&resourceVersion=31"), std::string::npos);
        connection.begin_stream();
        for (const auto* name : {"a", "b", "c"}) connection.chunk(event_line("ADDED", dataset_json(name, 6)));
        connection.chunk(event_line("BOOKMARK", R"({"kind":"Dataset","metadata":{"resourceVersion":"33"}})"));
        connection.chunk(event_line("BOOKMARK", kComplete));
        connection.wait_for_hang_up();
      },
      pages_of_two());
  const auto listed = list(*cluster.api, "31");
  ASSERT_TRUE(listed.how.ok()) << listed.how.error().message;
  ASSERT_EQ(listed.pages.size(), 2u);
  EXPECT_EQ(names_of(listed.pages[0].items) + "|" + names_of(listed.pages[1].items), "ab|c");
  EXPECT_TRUE(listed.pages[0].first);
  EXPECT_FALSE(listed.pages[1].first);
  EXPECT_EQ(listed.pages[0].resource_version, "31");
  EXPECT_EQ(listed.pages[1].resource_version, "40");
}

TEST(KubeListStream, AnEmptyListIsOneEmptyPage) {
  CannedCluster cluster([](CannedConnection& connection, const CannedRequest&) {
    connection.begin_stream();
    connection.chunk(event_line("BOOKMARK", kComplete));
    connection.wait_for_hang_up();
  });
  const auto listed = list(*cluster.api);
  ASSERT_EQ(listed.pages.size(), 1u);
  EXPECT_TRUE(listed.pages[0].first && listed.pages[0].items.empty());
}

TEST(KubeListStream, WhatChangesMeanwhileIsPartOfIt) {
  CannedCluster cluster([](CannedConnection& connection, const CannedRequest&) {
    connection.begin_stream();
    connection.chunk(event_line("ADDED", dataset_json("a", 6)));
    connection.chunk(event_line("ADDED", dataset_json("b", 7)));
    connection.chunk(event_line("MODIFIED", dataset_json("a", 8)));
    connection.chunk(event_line("DELETED", dataset_json("b", 9)));
    connection.chunk(event_line("BOOKMARK", kComplete));
    connection.wait_for_hang_up();
  });
  const auto listed = list(*cluster.api);
  ASSERT_EQ(listed.pages.size(), 1u);
  EXPECT_EQ(names_of(listed.pages[0].items), "aba");
  EXPECT_EQ(names_of(listed.pages[0].removed), "b");
}

TEST(KubeListStream, AServerThatDoesNotKnowItIsAskedForPagesFromThenOn) {
  std::atomic<int> streams = 0;
  CannedCluster cluster([&](CannedConnection& connection, const CannedRequest& request) {
    if (request.path.find("watch=true") != std::string::npos) {
      ++streams;
      return connection.reply(422, status_json(422, "Invalid", "sendInitialEvents is forbidden"));
    }
    connection.reply(200, R"({"metadata":{"resourceVersion":"40"},"items":[)" + dataset_json("a", 6) + "]}");
  });
  for (int i = 0; i < 2; ++i) {
    const auto listed = list(*cluster.api);
    ASSERT_EQ(listed.pages.size(), 1u);
    EXPECT_EQ(names_of(listed.pages[0].items), "a");
    EXPECT_EQ(listed.pages[0].resource_version, "40");
  }
  EXPECT_EQ(streams, 1);
}

TEST(KubeListStream, AServerWhoseStoreCannotStreamIsAskedForPages) {
  CannedCluster cluster([](CannedConnection& connection, const CannedRequest& request) {
    if (request.path.find("watch=true") != std::string::npos) {
      connection.begin_stream();
      connection.chunk(event_line("ERROR", status_json(500, "InternalError", "RequestWatchProgress is disabled")));
      return connection.wait_for_hang_up();
    }
    connection.reply(200, R"({"metadata":{"resourceVersion":"40"},"items":[)" + dataset_json("a", 6) + "]}");
  });
  const auto listed = list(*cluster.api);
  ASSERT_EQ(listed.pages.size(), 1u);
  EXPECT_EQ(names_of(listed.pages[0].items), "a");
}

TEST(KubeListStream, OneThatEndsEarlyIsNoList) {
  CannedCluster cluster(
      [](CannedConnection& connection, const CannedRequest&) {
        connection.begin_stream();
        for (const auto* name : {"a", "b", "c"}) connection.chunk(event_line("ADDED", dataset_json(name, 6)));
        connection.last_chunk();
      },
      pages_of_two());
  const auto listed = list(*cluster.api);
  ASSERT_FALSE(listed.how.ok());
  EXPECT_EQ(listed.how.error().cls, ErrorClass::Retry);
  EXPECT_EQ(listed.pages.size(), 1u);
}

TEST(KubeListStream, AServerThatIsBehindIsAskedAgainLater) {
  CannedCluster cluster([](CannedConnection& connection, const CannedRequest&) {
    connection.reply(504, status_json(504, "Timeout", "Too large resource version: 31, current: 20"));
  });
  const auto listed = list(*cluster.api, "31");
  ASSERT_FALSE(listed.how.ok());
  EXPECT_EQ(listed.how.error().cls, ErrorClass::Retry);
  EXPECT_NE(listed.how.error().message.find("Too large resource version"), std::string::npos);
}

TEST(KubeListStream, WhoeverTakesThePagesMayRefuse) {
  CannedCluster cluster(
      [](CannedConnection& connection, const CannedRequest&) {
        connection.begin_stream();
        connection.chunk(event_line("ADDED", dataset_json("a", 6)) + event_line("ADDED", dataset_json("b", 6)));
        connection.wait_for_hang_up();
      },
      pages_of_two());
  const auto how = cluster.api->list_pages(Kind::Dataset, {"a", {}},
                                           [](const ListPage&) -> Status { return retry_error("older than known"); });
  ASSERT_FALSE(how.ok());
  EXPECT_EQ(how.error().message, "older than known");
}

/// What the server could send beyond what is read stays within sockets and one bounded buffer.
TEST(KubeListStream, AReaderWhoIsBehindMakesTheServerWait) {
  constexpr int kMegabytes = 64;
  std::atomic<int> sent = 0;
  std::string big = dataset_json("a", 6);
  big.insert(big.size() - 2, R"("description":")" + std::string(1 << 20, 'x') + "\"");
  CannedCluster cluster(
      [&](CannedConnection& connection, const CannedRequest&) {
        connection.begin_stream();
        for (; sent < kMegabytes && connection.open(); ++sent) connection.chunk(event_line("ADDED", big));
        connection.chunk(event_line("BOOKMARK", kComplete));
        connection.wait_for_hang_up();
      },
      pages_of_two());
  int read = 0;
  int most_ahead = 0;
  const auto how = cluster.api->list_pages(Kind::Dataset, {"a", {}}, [&](const ListPage& page) -> Status {
    read += static_cast<int>(page.items.size());
    if (read <= 4) std::this_thread::sleep_for(std::chrono::milliseconds(300));
    most_ahead = std::max(most_ahead, sent - read);
    return {};
  });
  ASSERT_TRUE(how.ok()) << how.error().message;
  EXPECT_EQ(read, kMegabytes);
  EXPECT_LT(most_ahead, kMegabytes / 2);
}

}  // namespace
}  // namespace visionops::kube
