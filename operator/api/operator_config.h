// The file that `visionops operator --config FILE` reads: what the administrator of a cluster decides.
// The chart writes it from its values (charts/visionops/templates/configmap.yaml). PURE.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/fields.h"
#include "base/json_fwd.h"
#include "operator/api/store_config.h"

namespace visionops::api {

struct OperatorImages {
  std::string worker = "visionops-worker";
  std::string worker_cuda = "visionops-worker-cuda";
};

struct GpuConfig {
  std::string runtime_class_name;
};

struct LeaderElectionConfig {
  bool enabled = true;
  std::string lease_name = "visionops-operator";
  std::int32_t lease_duration_seconds = 15;
  std::int32_t renew_deadline_seconds = 10;
  std::int32_t retry_period_seconds = 2;
};

struct HttpConfig {
  std::string host = "0.0.0.0";
  std::int32_t port = 8080;
};

struct TelemetryConfig {
  std::string host = "0.0.0.0";
  std::int32_t port = 8443;
  std::string url;
  std::string certificate_file;
  std::string key_file;
  std::string ca_file;
};

struct DatabaseConfig {
  std::string connection_file;
};

enum class LogFormat { JSON, Text };
enum class LogLevel { Debug, Info, Warn, Error };

struct LogConfig {
  LogLevel level = LogLevel::Info;
  LogFormat format = LogFormat::JSON;
};

struct OperatorConfig {
  std::vector<std::string> namespaces;
  std::vector<StoreConfig> stores;
  OperatorImages images;
  GpuConfig gpu;
  bool kueue = false;
  std::int32_t workers = 4;
  LeaderElectionConfig leader_election;
  HttpConfig http;
  TelemetryConfig telemetry;
  DatabaseConfig database;
  LogConfig log;
};

}  // namespace visionops::api

namespace visionops {
template <>
struct EnumNames<api::LogFormat> {
  using E = api::LogFormat;
  static constexpr std::array<std::pair<E, std::string_view>, 2> values{{{E::JSON, "JSON"}, {E::Text, "Text"}}};
};
template <>
struct EnumNames<api::LogLevel> {
  using E = api::LogLevel;
  static constexpr std::array<std::pair<E, std::string_view>, 4> values{
      {{E::Debug, "debug"}, {E::Info, "info"}, {E::Warn, "warn"}, {E::Error, "error"}}};
};
VISIONOPS_DECLARE_FIELDS(api::OperatorImages);
VISIONOPS_DECLARE_FIELDS(api::GpuConfig);
VISIONOPS_DECLARE_FIELDS(api::LeaderElectionConfig);
VISIONOPS_DECLARE_FIELDS(api::HttpConfig);
VISIONOPS_DECLARE_FIELDS(api::TelemetryConfig);
VISIONOPS_DECLARE_FIELDS(api::DatabaseConfig);
VISIONOPS_DECLARE_FIELDS(api::LogConfig);
VISIONOPS_DECLARE_FIELDS(api::OperatorConfig);
}  // namespace visionops

namespace visionops::api {

/// Bounds of the fields and what must hold between them; `problems` gets what is wrong. Total.
OperatorConfig decode_operator_config(const Json& json, Problems& problems);

}  // namespace visionops::api
