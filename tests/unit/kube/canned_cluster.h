// KubeCluster before a CannedServer, and the bodies that API servers send.
#pragma once

#include <gtest/gtest.h>

#include "operator/kube/kube_cluster.h"
#include "tests/unit/kube/canned_server.h"

namespace visionops::kube {

/// Short enough for a test, long enough for a busy machine.
inline KubeLimits canned_limits() {
  KubeLimits limits;
  limits.read = std::chrono::seconds(5);
  limits.write = std::chrono::seconds(5);
  limits.watch_idle = std::chrono::seconds(5);
  return limits;
}

struct CannedCluster {
  explicit CannedCluster(CannedServer::Script script, const KubeLimits& limits = canned_limits())
      : CannedCluster(std::move(script), limits, {}) {}
  CannedCluster(CannedServer::Script script, const KubeLimits& limits, TokenSource token) : server(std::move(script)) {
    Endpoint endpoint = server.endpoint();
    endpoint.token = std::move(token);
    api = std::make_unique<KubeCluster>(std::move(*HttpTransport::connect(endpoint)), clock, "test", "test-0", limits);
  }

  SystemClock clock;
  CannedServer server;
  std::unique_ptr<KubeCluster> api;  // last: its connections end before the server does
};

inline std::string dataset_json(const std::string& name, int version) {
  return R"({"apiVersion":"visionops.dev/v1alpha1","kind":"Dataset","metadata":{"name":")" + name +
         R"(","namespace":"a","uid":"u","resourceVersion":")" + std::to_string(version) + R"("},"spec":{}})";
}

inline std::string status_json(int code, const std::string& reason, const std::string& message = "said the server") {
  return R"({"kind":"Status","code":)" + std::to_string(code) + R"(,"reason":")" + reason + R"(","message":")" +
         message + R"("})";
}

inline std::string event_line(const std::string& type, const std::string& object) {
  return R"({"type":")" + type + R"(","object":)" + object + "}\n";
}

inline api::Dataset dataset_named(const std::string& name) {
  api::Dataset out;
  out.meta.name = name;
  out.meta.namespace_ = "a";
  return out;
}

const cluster::ObjectKey kDatasetA{cluster::Kind::Dataset, "a", "a"};

}  // namespace visionops::kube
