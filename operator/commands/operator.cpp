#include "operator/commands/operator.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <random>
#include <thread>

#include "operator/assembly/interruption.h"
#include "operator/assembly/json_log.h"
#include "operator/assembly/operator_config_file.h"
#include "operator/assembly/operator_service.h"
#include "operator/assembly/small_heap.h"

namespace visionops::commands {

namespace {

constexpr int kFailed = 1;
constexpr int kWrongConfiguration = 2;

struct OperatorFlags {
  std::string config;
  std::string kubeconfig;
  std::string context;
  std::string namespace_;
};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

/// A restarted container has the name of the former one, which may still hold the Lease.
std::string identity() {
  std::string name = environment("POD_NAME");
  if (name.empty()) {
    char host[256] = {};
    name = ::gethostname(host, sizeof host - 1) == 0 ? host : "visionops";
  }
  std::random_device random;
  constexpr char kLetters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  name += '_';
  for (int i = 0; i < 8; ++i) name += kLetters[random() % (sizeof kLetters - 1)];
  return name;
}

/// Inside a Pod its service account, unless a kubeconfig is asked for.
Result<kube::Endpoint> find_endpoint(const OperatorFlags& flags) {
  const bool asked = !flags.kubeconfig.empty() || !flags.context.empty();
  if (!asked && !environment("KUBERNETES_SERVICE_HOST").empty()) return kube::endpoint_in_cluster();
  return kube::endpoint_from_kubeconfig(flags.kubeconfig, flags.context);
}

Result<OperatorPlace> find_place(const OperatorFlags& flags) {
  auto endpoint = find_endpoint(flags);
  if (!endpoint) return endpoint.error();
  OperatorPlace place;
  place.namespace_ = !flags.namespace_.empty() ? flags.namespace_ : environment("POD_NAMESPACE");
  if (place.namespace_.empty()) place.namespace_ = endpoint->default_namespace;
  place.identity = identity();
  place.endpoint = std::move(*endpoint);
  return place;
}

int run_service(OperatorService& service, spdlog::logger& log) {
  Status ended;
  std::atomic<bool> done = false;
  std::jthread worker([&](const std::stop_token& stop) {
    ended = service.run(stop);
    done = true;
  });
  while (!done && !interrupted()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  worker.request_stop();
  worker.join();
  if (ended) {
    log.info("stopped");
    return 0;
  }
  log.error("{}", ended.error().message);
  return kFailed;
}

int run_operator(const OperatorFlags& flags) {
  use_small_heap();
  api::OperatorConfig config;
  if (!flags.config.empty()) {
    auto read = read_operator_config(flags.config);
    if (!read) {
      std::cerr << "error: " << read.error().message << "\n";
      return kWrongConfiguration;
    }
    config = std::move(*read);
  }
  const auto log = operator_log(config.log);
  auto place = find_place(flags);
  if (!place) {
    log->error("{}", place.error().message);
    return kWrongConfiguration;
  }
  const std::string server = place->endpoint.server;
  const std::string name = place->identity;
  auto service = OperatorService::open(std::move(config), std::move(*place), log);
  if (!service) {
    log->error("{}", service.error().message);
    return service.error().cls == ErrorClass::Invalid ? kWrongConfiguration : kFailed;
  }
  watch_for_interruption();
  log->info("{} at {}; metrics and health on {}", name, server, (*service)->http_url());
  if (const auto url = (*service)->telemetry_url(); !url.empty()) log->info("telemetry on {}", url);
  return run_service(**service, *log);
}

}  // namespace

void add_operator(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("operator", "Reconcile the resources of a Kubernetes cluster");
  auto flags = std::make_shared<OperatorFlags>();
  command->add_option("--config", flags->config, "Configuration file (docs/reference/configuration.md)")
      ->check(CLI::ExistingFile);
  command->add_option("--kubeconfig", flags->kubeconfig,
                      "Default: the service account inside a Pod, else $KUBECONFIG or ~/.kube/config");
  command->add_option("--context", flags->context, "Context of the kubeconfig; default: its current one");
  command->add_option("--namespace", flags->namespace_, "Namespace of the Lease; default: $POD_NAMESPACE");
  command->callback([flags, &exit_code] { exit_code = run_operator(*flags); });
}

}  // namespace visionops::commands
