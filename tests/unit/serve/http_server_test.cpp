#include "operator/serve/http_server.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#define _TURN_OFF_PLATFORM_STRING  // its macro U breaks the templates of other libraries
#include <cpprest/http_client.h>

#include "operator/serve/metrics.h"
#include "operator/serve/runtime_metrics.h"

namespace visionops::serve {
namespace {

/// A port that was free a moment ago.
int free_port() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  close(fd);
  return ntohs(address.sin_port);
}

struct Reply {
  int status = 0;
  std::string body;
};

Reply get(const std::string& address, const std::string& path) {
  web::http::client::http_client client{web::uri(address)};
  auto response = client.request(web::http::methods::GET, path).get();
  return {response.status_code(), response.extract_utf8string(true).get()};
}

TEST(HttpServer, ServesMetricsAndHealthOverHttp) {
  const std::string address = "http://127.0.0.1:" + std::to_string(free_port());
  prometheus::Registry registry;
  Metrics metrics(registry);
  metrics.reconciled("Pipeline", "success", std::chrono::milliseconds(12));
  const auto server = HttpServer::start({.address = address}, {.metrics = [&] { return prometheus_text(registry); },
                                                               .alive = {},
                                                               .ready =
                                                                   [] {
                                                                     return Health{false, "not yet"};
                                                                   }});
  ASSERT_TRUE(server) << server.error().message;
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

TEST(HttpServer, AnswersManyClientsAtOnce) {
  const std::string address = "http://127.0.0.1:" + std::to_string(free_port());
  const auto server = HttpServer::start({.address = address}, {});
  ASSERT_TRUE(server);
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
  const std::string address = "http://127.0.0.1:" + std::to_string(free_port());
  const auto first = HttpServer::start({.address = address}, {});
  ASSERT_TRUE(first);
  const auto second = HttpServer::start({.address = address}, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().cls, ErrorClass::Retry);
  EXPECT_NE(second.error().message.find(address), std::string::npos);
}

TEST(HttpServer, RefusesAnAddressThatIsNone) {
  for (const char* address : {"nonsense", "", "http://"}) {
    const auto server = HttpServer::start({.address = address}, {});
    EXPECT_FALSE(server) << address;
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
  const std::string text = prometheus_text(registry);
  for (const char* line :
       {"workqueue_depth{name=\"visionops\"} 3", "workqueue_adds_total{name=\"visionops\"} 1",
        "workqueue_retries_total{name=\"visionops\"} 1", "workqueue_queue_duration_seconds_count{name=\"visionops\"} 1",
        "workqueue_work_duration_seconds_count{name=\"visionops\"} 1",
        "controller_runtime_reconcile_errors_total{controller=\"Dataset\"} 1",
        "controller_runtime_active_workers{controller=\"Dataset\"} 1",
        "visionops_resources{kind=\"Dataset\",phase=\"Ready\"} 1",
        "visionops_watch_restarts_total{cause=\"gone\",kind=\"Pod\"} 1", "visionops_cache_objects{kind=\"Pod\"} 7",
        "visionops_cluster_writes_total{kind=\"Job\",verb=\"create\"} 1"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  }
}

}  // namespace
}  // namespace visionops::serve
