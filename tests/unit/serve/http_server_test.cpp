#include "operator/health/http_server.h"

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "operator/health/metrics.h"
#include "operator/health/runtime_metrics.h"
#include "tests/unit/http/raw_client.h"

namespace visionops::serve {
namespace {

struct Reply {
  long status = 0;
  std::string body{};
};

std::size_t collect(char* bytes, std::size_t size, std::size_t count, void* body) {
  static_cast<std::string*>(body)->append(bytes, size * count);
  return size * count;
}

Reply get(const std::string& address, const std::string& path) {
  Reply reply;
  CURL* curl = curl_easy_init();
  curl_easy_setopt(curl, CURLOPT_URL, (address + path).c_str());
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply.body);
  curl_easy_perform(curl);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply.status);
  curl_easy_cleanup(curl);
  return reply;
}

TEST(HttpServer, ServesMetricsAndHealthOverHttp) {
  prometheus::Registry registry;
  Metrics metrics(registry);
  metrics.reconciled("Pipeline", "success", std::chrono::milliseconds(12));
  const auto server = HttpServer::start({}, {.metrics = [&] { return prometheus_text(registry); },
                                             .alive = {},
                                             .ready =
                                                 [] {
                                                   return Health{false, "not yet"};
                                                 }});
  ASSERT_TRUE(server) << server.error().message;
  const std::string address = (*server)->url();
  const auto page = get(address, "/metrics");
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("controller_runtime_reconcile_total{controller=\"Pipeline\",result=\"success\"} 1"),
            std::string::npos)
      << page.body;
  EXPECT_EQ(get(address, "/healthz").status, 200);
  EXPECT_EQ(get(address, "/readyz").status, 503);
  EXPECT_EQ(get(address, "/readyz").body, "not yet\n");
  EXPECT_EQ(get(address, "/nothing").status, 404);
}

TEST(HttpServer, AChunkExtensionWithoutEndIsRefused) {
  const auto server = HttpServer::start({}, {});
  ASSERT_TRUE(server);
  const http::RawClient client((*server)->url());
  client.send("GET /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;");
  client.send(std::string(96 * 1024, 'x'));
  EXPECT_EQ(client.status(), 413);
}

TEST(HttpServer, IsAliveForItsProbeBetweenIdleConnections) {
  const auto server = HttpServer::start({}, {});
  ASSERT_TRUE(server);
  std::vector<http::RawClient> idle;
  for (int i = 0; i < 600; ++i) idle.emplace_back((*server)->url());
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(get((*server)->url(), "/healthz").status, 200);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

TEST(HttpServer, AnswersManyClientsAtOnce) {
  const auto server = HttpServer::start({}, {});
  ASSERT_TRUE(server);
  const std::string address = (*server)->url();
  std::atomic<int> answered = 0;
  std::vector<std::jthread> clients;
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&] {
      for (int i = 0; i < 10; ++i) answered += get(address, "/healthz").status == 200;
    });
  }
  clients.clear();
  EXPECT_EQ(answered, 80);
}

TEST(HttpServer, ReportsAnAddressThatIsInUse) {
  const auto first = HttpServer::start({}, {});
  ASSERT_TRUE(first);
  const std::string url = (*first)->url();
  const std::string port = url.substr(url.rfind(':') + 1);
  const auto second = HttpServer::start({.port = static_cast<std::uint16_t>(std::stoi(port))}, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().cls, ErrorClass::Retry);
  EXPECT_NE(second.error().message.find("127.0.0.1:" + port), std::string::npos) << second.error().message;
}

TEST(HttpServer, RefusesAnAddressThatIsNone) {
  for (const char* host : {"nonsense", "", "http://127.0.0.1"}) {
    const auto server = HttpServer::start({.host = host}, {});
    EXPECT_FALSE(server) << host;
  }
}

TEST(RuntimeMetrics, CarryWhatTheRuntimeObservesIntoTheStandardFamilies) {
  prometheus::Registry registry;
  Metrics metrics(registry);
  const auto observers = observe(metrics);
  observers.queue.depth(3);
  observers.queue.added();
  observers.queue.retried();
  observers.queue.waited(Duration{20});
  observers.passed({"Dataset", "error", std::chrono::milliseconds(4)});
  observers.active_workers("Dataset", +1);
  observers.resources("Dataset", "Ready", +1);
  observers.resources("Dataset", "Ready", +1);
  observers.resources("Dataset", "Ready", -1);
  observers.watch_restarted("Pod", "gone");
  observers.cached("Pod", 7);
  observers.wrote("create", "Job");
  observers.status_refused("Pipeline");
  const std::string text = prometheus_text(registry);
  for (const char* line :
       {"workqueue_depth{name=\"visionops\"} 3", "workqueue_adds_total{name=\"visionops\"} 1",
        "workqueue_retries_total{name=\"visionops\"} 1", "workqueue_queue_duration_seconds_count{name=\"visionops\"} 1",
        "workqueue_work_duration_seconds_count{name=\"visionops\"} 1",
        "controller_runtime_reconcile_errors_total{controller=\"Dataset\"} 1",
        "controller_runtime_active_workers{controller=\"Dataset\"} 1",
        "visionops_resources{kind=\"Dataset\",phase=\"Ready\"} 1",
        "visionops_watch_restarts_total{cause=\"gone\",kind=\"Pod\"} 1", "visionops_cache_objects{kind=\"Pod\"} 7",
        "visionops_cluster_writes_total{kind=\"Job\",verb=\"create\"} 1",
        "visionops_statuses_refused_total{kind=\"Pipeline\"} 1"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  }
}

}  // namespace
}  // namespace visionops::serve
