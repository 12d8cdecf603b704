// The composition root of the operator in a cluster: API server, election, reconcilers, telemetry,
// history and metrics, wired once.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "operator/kube/transport/endpoint.h"
#include "operator/settings/operator_config.h"

namespace spdlog {
class logger;
}

namespace visionops::commands {

struct OperatorPlace {
  kube::Endpoint endpoint;
  std::string namespace_;  ///< of the Lease
  std::string identity;    ///< unique among the replicas
};

class OperatorService {
 public:
  /// Invalid: something of the configuration cannot be used (a certificate, the connection string).
  static Result<std::unique_ptr<OperatorService>> open(api::OperatorConfig config, OperatorPlace place,
                                                       std::shared_ptr<spdlog::logger> log);
  ~OperatorService();
  OperatorService(const OperatorService&) = delete;
  OperatorService& operator=(const OperatorService&) = delete;

  /// Watches at once, reconciles while it leads. Blocks until `stop`, then releases the Lease. An Error:
  /// leadership was lost, which only a new process may seek again.
  Status run(std::stop_token stop);

  /// Where metrics and health are served.
  [[nodiscard]] std::string http_url() const;
  /// Where sidecars may send; empty without telemetry.
  [[nodiscard]] std::string telemetry_url() const;

 private:
  struct Parts;
  explicit OperatorService(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace visionops::commands
