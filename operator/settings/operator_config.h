// The file that `visionops operator --config FILE` reads: what the administrator of a cluster decides.
// The chart writes it from its values (charts/visionops/templates/configmap.yaml). PURE.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/fields/fields.h"
#include "base/json_fwd.h"
#include "operator/settings/pod_settings.h"
#include "operator/settings/store_config.h"

namespace visionops::api {

struct OperatorImages {
  std::string worker = "visionops-worker";
  std::string worker_cuda = "visionops-worker-cuda";
  std::string runtimes;              ///< with {name} for the name of a runtime; empty: beside the worker's
  std::vector<std::string> allowed;  ///< that spec.image may name

  static const Table<OperatorImages>& fields();
};

struct GpuConfig {
  std::string runtime_class_name;

  static const Table<GpuConfig>& fields();
};

struct LeaderElectionConfig {
  bool enabled = true;
  std::string lease_name = "visionops-operator";
  std::int32_t lease_duration_seconds = 15;
  std::int32_t renew_deadline_seconds = 10;
  std::int32_t retry_period_seconds = 2;

  static const Table<LeaderElectionConfig>& fields();
};

struct HttpConfig {
  std::string host = "0.0.0.0";
  std::int32_t port = 8080;

  static const Table<HttpConfig>& fields();
};

struct TelemetryConfig {
  std::string host = "0.0.0.0";
  std::int32_t port = 8443;
  std::string url;
  std::string certificate_file;
  std::string key_file;
  std::string ca_file;

  static const Table<TelemetryConfig>& fields();
};

struct DatabaseConfig {
  std::string connection_file;

  static const Table<DatabaseConfig>& fields();
};

enum class LogFormat { JSON, Text };
constexpr auto names_of(LogFormat) {
  using enum LogFormat;
  return std::to_array<Named<LogFormat>>({{JSON, "JSON"}, {Text, "Text"}});
}

enum class LogLevel { Debug, Info, Warn, Error };
constexpr auto names_of(LogLevel) {
  using enum LogLevel;
  return std::to_array<Named<LogLevel>>({{Debug, "debug"}, {Info, "info"}, {Warn, "warn"}, {Error, "error"}});
}

struct LogConfig {
  LogLevel level = LogLevel::Info;
  LogFormat format = LogFormat::JSON;

  static const Table<LogConfig>& fields();
};

struct OperatorConfig {
  std::vector<std::string> namespaces;
  std::vector<StoreConfig> stores;
  OperatorImages images;
  GpuConfig gpu;
  PodSettings pods;
  std::vector<Profile> profiles;
  std::vector<std::string> secrets;
  bool kueue = false;
  std::int32_t workers = 4;
  LeaderElectionConfig leader_election;
  HttpConfig http;
  TelemetryConfig telemetry;
  DatabaseConfig database;
  LogConfig log;

  static const Table<OperatorConfig>& fields();
};

}  // namespace visionops::api

namespace visionops::api {

/// Bounds of the fields and what must hold between them; `problems` gets what is wrong. Total.
OperatorConfig decode_operator_config(const Json& json, Problems& problems);

}  // namespace visionops::api
