// Requests that do not go as planned.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/unit/kube/canned_cluster.h"

namespace visionops::kube {
namespace {

using cluster::Kind;
using std::chrono::milliseconds;
using std::chrono::seconds;
using SteadyClock = std::chrono::steady_clock;

TEST(KubeExchange, AServerThatAsksToWaitIsAskedAgainAfterThatTime) {
  std::atomic<int> asked{0};
  CannedCluster cluster([&](CannedConnection& connection, const CannedRequest&) {
    if (asked++ == 0) {
      connection.reply(429, status_json(429, "TooManyRequests"), "Retry-After: 1\r\n");
    } else {
      connection.reply(200, dataset_json("a", 7));
    }
  });
  const auto start = SteadyClock::now();
  const auto object = cluster.api->get(kDatasetA);
  ASSERT_TRUE(object.ok()) << object.error().message;
  EXPECT_EQ(cluster::meta_of(*object).resource_version, "7");
  EXPECT_GE(SteadyClock::now() - start, seconds(1));
  EXPECT_EQ(asked, 2);
}

TEST(KubeExchange, ALongWaitIsLeftToTheCaller) {
  CannedCluster cluster([](CannedConnection& connection, const CannedRequest&) {
    connection.reply(503, status_json(503, "ServiceUnavailable"), "Retry-After: 120\r\n");
  });
  const auto start = SteadyClock::now();
  const auto object = cluster.api->get(kDatasetA);
  ASSERT_FALSE(object.ok());
  EXPECT_EQ(object.error().cls, ErrorClass::Retry);
  EXPECT_LT(SteadyClock::now() - start, seconds(5));
}

TEST(KubeExchange, AServerThatSaysAtOnceAgainAndAgainIsNotAskedInATightLoop) {
  CannedCluster cluster(
      [](CannedConnection& connection, const CannedRequest&) {
        connection.reply(429, status_json(429, "TooManyRequests"), "Retry-After: 0\r\n");
      },
      KubeLimits{.read = seconds(3)});
  EXPECT_EQ(cluster.api->get(kDatasetA).error().cls, ErrorClass::Retry);
  EXPECT_LE(cluster.server.requests().size(), 4U);
}

TEST(KubeExchange, ServerErrorsAndRefusedTokensAreWorthAnotherTry) {
  for (const int status : {401, 403, 429, 500, 502, 503, 504}) {
    CannedCluster cluster(
        [status](CannedConnection& connection, const CannedRequest&) { connection.reply(status, "<html>"); });
    EXPECT_EQ(cluster.api->get(kDatasetA).error().cls, ErrorClass::Retry) << status;
  }
}

TEST(KubeExchange, ARefusalCarriesTheServersOwnWords) {
  CannedCluster cluster([](CannedConnection& connection, const CannedRequest&) {
    connection.reply(422, status_json(422, "Invalid", "spec.version: Invalid value"));
  });
  const auto stored = cluster.api->create(dataset_named("a"));
  ASSERT_FALSE(stored.ok());
  EXPECT_EQ(stored.error().cls, ErrorClass::Invalid);
  EXPECT_NE(stored.error().message.find("spec.version: Invalid value"), std::string::npos);
}

TEST(KubeExchange, AServerThatDoesNotAnswerEndsTheCallAtItsDeadline) {
  CannedCluster cluster([](CannedConnection& connection, const CannedRequest&) { connection.wait_for_hang_up(); },
                        KubeLimits{.read = milliseconds(300)});
  const auto start = SteadyClock::now();
  const auto object = cluster.api->get(kDatasetA);
  ASSERT_FALSE(object.ok());
  EXPECT_EQ(object.error().cls, ErrorClass::Retry);
  EXPECT_NE(object.error().message.find("no answer before the deadline"), std::string::npos) << object.error().message;
  EXPECT_LT(SteadyClock::now() - start, seconds(5));
}

TEST(KubeExchange, ABodyThatTricklesEndsTheCallAtItsDeadlineToo) {
  CannedCluster cluster(
      [](CannedConnection& connection, const CannedRequest&) {
        connection.begin_stream();
        while (connection.open()) {
          connection.chunk(" ");
          std::this_thread::sleep_for(milliseconds(20));
        }
      },
      KubeLimits{.read = milliseconds(400)});
  const auto start = SteadyClock::now();
  EXPECT_EQ(cluster.api->get(kDatasetA).error().cls, ErrorClass::Retry);
  EXPECT_LT(SteadyClock::now() - start, seconds(5));
}

/// The server has done what it was asked and the connection dies: the caller cannot know.
TEST(KubeExchange, ACreateWhoseReplyWasLostIsFoundByItsNameTheNextTime) {
  std::atomic<int> stored{0};
  CannedCluster cluster([&](CannedConnection& connection, const CannedRequest& request) {
    if (request.method == "GET") return connection.reply(200, dataset_json("a", 7));
    if (stored++ == 0) return connection.hang_up();
    connection.reply(409, status_json(409, "AlreadyExists"));
  });
  ASSERT_TRUE(cluster.api->get(kDatasetA).ok()) << "so that the connection comes out of the pool";
  auto result = cluster.api->create(dataset_named("a"));
  if (!result && result.error().cls == ErrorClass::Retry) result = cluster.api->create(dataset_named("a"));
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().cls, ErrorClass::AlreadyExists);
  EXPECT_EQ(stored, 2);
}

TEST(KubeExchange, APrecisePatchTellsAPredecessorFromAStaleVersion) {
  CannedCluster cluster([](CannedConnection& connection, const CannedRequest&) {
    connection.reply(422,
                     R"({"kind":"Status","code":422,"reason":"Invalid","message":"metadata.uid: field is immutable",
      "details":{"causes":[{"reason":"FieldValueInvalid","field":"metadata.uid"}]}})");
  });
  EXPECT_EQ(cluster.api->update(dataset_named("a")).error().cls, ErrorClass::Conflict);
}

TEST(KubeExchange, AListGoesPageByPageAndStartsOverWhenItsTokenExpired) {
  CannedCluster cluster(
      [](CannedConnection& connection, const CannedRequest& request) {
        const std::string head = R"({"apiVersion":"visionops.dev/v1alpha1","kind":"DatasetList","metadata":)";
        if (request.path.find("continue=next%2Fpage") != std::string::npos) {
          return connection.reply(410, status_json(410, "Expired"));
        }
        const bool paged = request.path.find("limit=2") != std::string::npos;
        const std::string meta =
            paged ? R"({"resourceVersion":"5","continue":"next/page"})" : R"({"resourceVersion":"9"})";
        const std::string items =
            dataset_json("a", 1) + "," + dataset_json("b", 2) + (paged ? "" : "," + dataset_json("c", 3));
        connection.reply(200, head + meta + ",\"items\":[" + items + "]}");
      },
      KubeLimits{.page = 2});
  const auto list = cluster.api->list(Kind::Dataset, {});
  ASSERT_TRUE(list.ok()) << list.error().message;
  EXPECT_EQ(list->items.size(), 3U);
  EXPECT_EQ(list->resource_version, "9");
  EXPECT_EQ(cluster.server.requests().size(), 3U);
}

TEST(KubeExchange, AServerThatTheAuthorityDoesNotKnowGetsNoRequest) {
  CannedServer server([](CannedConnection& connection, const CannedRequest&) { connection.reply(200, "{}"); });
  Endpoint endpoint = server.endpoint();
  endpoint.ca_pem.clear();  // the system's authorities
  endpoint.token = TokenSource::constant(Secret("token-of-the-operator"));
  auto transport = HttpTransport::connect(endpoint);
  ASSERT_TRUE(transport.ok());
  const auto reply = (*transport)->send({.path = "/api"});
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().cls, ErrorClass::Retry);
  EXPECT_TRUE(server.requests().empty());
}

/// Whoever gets a certificate from an authority that the system trusts could stand between operator and API server.
TEST(KubeExchange, OnlyTheAuthorityOfTheClusterVouchesForItsServer) {
  CannedServer server([](CannedConnection& connection, const CannedRequest&) { connection.reply(200, "{}"); });
  const auto trusted = std::filesystem::path(testing::TempDir()) / "trusted-by-the-system.pem";
  std::ofstream(trusted) << server.endpoint().ca_pem;
  setenv("SSL_CERT_FILE", trusted.c_str(), 1);
  const auto asked = [&](const std::string& ca_pem) {
    Endpoint endpoint = server.endpoint();
    endpoint.ca_pem = ca_pem;
    return (*HttpTransport::connect(endpoint))->send({.path = "/api"}).ok();
  };
  EXPECT_TRUE(asked("")) << "no authority is named: the system's";
  EXPECT_FALSE(asked(another_identity().certificate_pem));
  EXPECT_TRUE(asked(server.endpoint().ca_pem));
  unsetenv("SSL_CERT_FILE");
}

TEST(KubeExchange, ARefusedTokenIsFetchedAnewAndStandsInNoMessage) {
  std::atomic<int> fetched{0};
  TokenSource source([&]() -> Result<std::pair<Secret, SteadyClock::time_point>> {
    return std::pair(Secret("token-" + std::to_string(++fetched)), SteadyClock::time_point::max());
  });
  CannedCluster cluster(
      [](CannedConnection& connection, const CannedRequest& request) {
        const bool fresh = request.head.find("Bearer token-2") != std::string::npos;
        connection.reply(fresh ? 200 : 401, fresh ? dataset_json("a", 1) : status_json(401, "Unauthorized"));
      },
      canned_limits(), source);
  const auto refused = cluster.api->get(kDatasetA);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message.find("token-1"), std::string::npos);
  EXPECT_TRUE(cluster.api->get(kDatasetA).ok());
  EXPECT_TRUE(cluster.api->get(kDatasetA).ok());
  EXPECT_EQ(fetched, 2);
}

}  // namespace
}  // namespace visionops::kube
