#include "tests/cluster/real_cluster.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "operator/kube/codec/rest_path.h"
#include "operator/kube/codec/watch_event.h"

namespace visionops::test {

namespace {

namespace fs = std::filesystem;
using cluster::Kind;

constexpr const char* kDefinitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/";
constexpr auto kPoll = std::chrono::milliseconds(20);
constexpr auto kPatience = std::chrono::seconds(30);

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  if (value != nullptr && *value != '\0') return value;
  throw std::runtime_error(std::string(name) +
                           " is not set: start this program with tests/cluster/run-with-control-plane");
}

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

std::unique_ptr<kube::HttpTransport> connect() {
  const auto endpoint = must(kube::endpoint_from_kubeconfig(environment("VISIONOPS_TEST_KUBECONFIG"), ""));
  return must(kube::HttpTransport::connect(endpoint));
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

template <class Holds>
void wait_until(const std::string& what, Holds&& holds) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("still waiting for " + what);
    std::this_thread::sleep_for(kPoll);
  }
}

}  // namespace

RealTestCluster::RealTestCluster() : person_(connect()) {
  api_ = connect_with({});
  apply_definitions();
}

std::unique_ptr<kube::KubeCluster> RealTestCluster::connect_with(const kube::KubeLimits& limits) {
  return std::make_unique<kube::KubeCluster>(connect(), clock_, "conformance", "conformance-0", limits);
}

Json RealTestCluster::send(const kube::HttpCall& call) {
  const auto reply = must(person_->send(call));
  if (reply.status < 200 || reply.status > 299) {
    throw std::runtime_error(call.method + " " + call.path + ": " + std::to_string(reply.status) + " " + reply.body);
  }
  return Json::parse(reply.body);
}

Json RealTestCluster::request(const std::string& method, const std::string& path, const Json& body) {
  return send({.method = method,
               .path = path,
               .body = body.is_null() ? "" : body.dump(),
               .content_type = method == "PATCH" ? "application/merge-patch+json" : "application/json"});
}

void RealTestCluster::apply_definitions() {
  for (const auto& file : fs::directory_iterator(fs::path(environment("VISIONOPS_SOURCE")) / "crds")) {
    if (file.path().extension() != ".yaml") continue;
    send({.method = "PATCH",
          .path = kDefinitions + file.path().stem().string() +
                  "?fieldManager=conformance&force=true&fieldValidation=Strict",
          .body = text_of(file.path()),
          .content_type = "application/apply-patch+yaml"});
  }
  for (const Kind kind : cluster::kOurKinds) {
    wait_until("the resource definitions", [&] { return api_->list(kind, {}).ok(); });
  }
}

std::string RealTestCluster::new_namespace() {
  const Json made = request("POST", "/api/v1/namespaces", {{"metadata", {{"generateName", "conformance-"}}}});
  const auto name = made["metadata"]["name"].get<std::string>();
  // Pods are refused until the controller manager has made the account that they name.
  wait_until("the service account of " + name, [&] {
    const auto reply = person_->send({.path = "/api/v1/namespaces/" + name + "/serviceaccounts/default"});
    return reply && reply->status == 200;
  });
  return name;
}

Result<cluster::Object> RealTestCluster::edit(const cluster::Object& object) {
  const auto key = cluster::key_of(object);
  auto reply = person_->send({.method = "PUT", .path = kube::object_path(key), .body = cluster::encode(object).dump()});
  if (!reply) return reply.error();
  if (reply->status != 200) return kube::error_of_status(reply->status, reply->body, "edit " + to_string(key));
  return cluster::decode_object(Json::parse(reply->body));
}

/// A changed definition makes the server begin the watch cache of its kind anew, from now on.
void RealTestCluster::forget_history() {
  const std::string category = "forgotten-" + std::to_string(++forgotten_);
  for (const Kind kind : cluster::kOurKinds) {
    const std::string path = kube::collection_path(kind, "");
    const Json list = request("GET", path);
    const auto version = list["metadata"]["resourceVersion"].get<std::string>();
    request("PATCH", std::string(kDefinitions).append(cluster::row_of(kind).plural) + ".visionops.dev",
            {{"spec", {{"names", {{"categories", {"visionops", category}}}}}}});
    wait_until("the watch cache to begin anew", [&] {
      const auto reply = person_->send({.path = path + "?watch=true&timeoutSeconds=1&resourceVersion=" + version});
      return reply && reply->body.find("too old resource version") != std::string::npos;
    });
  }
}

std::shared_ptr<RealTestCluster> real_cluster() {
  static const auto cluster = std::make_shared<RealTestCluster>();
  return cluster;
}

}  // namespace visionops::test
