// Lists that are decoded while they arrive, the ways in which they end, and bodies that are read slower than they come.
#include <atomic>
#include <thread>

#include "tests/unit/kube/canned_cluster.h"

namespace visionops::kube {
namespace {

using cluster::Kind;
using cluster::ListPage;

std::string list_json(const std::string& items) {
  return R"({"kind":"DatasetList","apiVersion":"visionops.dev/v1alpha1","metadata":{"resourceVersion":"40"},"items":[)" +
         items + "]}\n";
}

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
  limits.handed_on = 2;
  return limits;
}

const std::string kThree = dataset_json("a", 6) + "," + dataset_json("b", 6) + "," + dataset_json("c", 6);

TEST(KubeList, IsHandedOnInPagesAndTheLastOneTellsTheVersion) {
  CannedCluster cluster(
      [](CannedConnection& connection, const CannedRequest& request) {
        EXPECT_NE(request.path.find("resourceVersionMatch=NotOlderThan&resourceVersion=31"), std::string::npos);
        connection.begin_stream();
        const auto text = list_json(kThree);
        for (std::size_t at = 0; at < text.size(); at += 97) connection.chunk(text.substr(at, 97));
        connection.last_chunk();
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

TEST(KubeList, AnEmptyListIsOneEmptyPage) {
  CannedCluster cluster([](CannedConnection& connection, const CannedRequest& request) {
    EXPECT_EQ(request.path.find("resourceVersion"), std::string::npos) << "the newest is wanted";
    connection.reply(200, list_json(""));
  });
  const auto listed = list(*cluster.api);
  ASSERT_EQ(listed.pages.size(), 1u);
  EXPECT_TRUE(listed.pages[0].first && listed.pages[0].items.empty());
  EXPECT_EQ(listed.pages[0].resource_version, "40");
}

TEST(KubeList, OneThatEndsEarlyIsNoList) {
  CannedCluster cluster(
      [](CannedConnection& connection, const CannedRequest&) {
        connection.begin_stream();
        connection.chunk(list_json(kThree).substr(0, list_json(kThree).size() - 4));
        connection.last_chunk();
      },
      pages_of_two());
  const auto listed = list(*cluster.api);
  ASSERT_FALSE(listed.how.ok());
  EXPECT_EQ(listed.how.error().cls, ErrorClass::Retry);
  EXPECT_EQ(listed.pages.size(), 1u);
}

TEST(KubeList, OneThatStopsComingIsNoList) {
  KubeLimits limits = pages_of_two();
  limits.read = std::chrono::milliseconds(300);
  CannedCluster cluster(
      [](CannedConnection& connection, const CannedRequest&) {
        connection.begin_stream();
        connection.chunk(list_json(kThree).substr(0, 200));
        connection.wait_for_hang_up();
      },
      limits);
  const auto listed = list(*cluster.api);
  ASSERT_FALSE(listed.how.ok());
  EXPECT_EQ(listed.how.error().cls, ErrorClass::Retry);
}

TEST(KubeList, AServerThatIsBehindIsAskedAgainLater) {
  CannedCluster cluster([](CannedConnection& connection, const CannedRequest&) {
    connection.reply(504, status_json(504, "Timeout", "Too large resource version: 31, current: 20"));
  });
  const auto listed = list(*cluster.api, "31");
  ASSERT_FALSE(listed.how.ok());
  EXPECT_EQ(listed.how.error().cls, ErrorClass::Retry);
  EXPECT_NE(listed.how.error().message.find("Too large resource version"), std::string::npos);
}

TEST(KubeList, WhoeverTakesThePagesMayRefuse) {
  CannedCluster cluster(
      [](CannedConnection& connection, const CannedRequest&) {
        connection.begin_stream();
        connection.chunk(list_json(kThree).substr(0, list_json(kThree).size() - 10));
        connection.wait_for_hang_up();
      },
      pages_of_two());
  const auto how = cluster.api->list_pages(Kind::Dataset, {"a", {}},
                                           [](const ListPage&) -> Status { return retry_error("older than known"); });
  ASSERT_FALSE(how.ok());
  EXPECT_EQ(how.error().message, "older than known");
}

/// What the server could send beyond what is read stays within sockets and one bounded buffer.
TEST(KubeList, AReaderWhoIsBehindMakesTheServerWait) {
  constexpr int kMegabytes = 64;
  std::atomic<int> sent = 0;
  std::string big = dataset_json("a", 6);
  big.insert(big.size() - 2, R"("description":")" + std::string(1 << 20, 'x') + "\"");
  CannedCluster cluster(
      [&](CannedConnection& connection, const CannedRequest&) {
        connection.begin_stream();
        connection.chunk(R"({"metadata":{"resourceVersion":"40"},"items":[)");
        for (; sent < kMegabytes && connection.open(); ++sent) connection.chunk((sent == 0 ? "" : ",") + big);
        connection.chunk("]}");
        connection.last_chunk();
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
