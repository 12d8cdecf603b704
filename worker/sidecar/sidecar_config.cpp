#include "worker/sidecar/sidecar_config.h"

namespace visionops::sidecar {
namespace {

constexpr const char* kDefaultPodDir = "/visionops";

}  // namespace

Result<SidecarConfig> read_config(const std::function<const char*(const char*)>& environment) {
  const auto value = [&environment](const char* name, const char* fallback = "") {
    const char* text = environment(name);
    return std::string(text != nullptr ? text : fallback);
  };
  SidecarConfig config;
  Problems problems;
  config.run = contract::decode_run_spec(value(contract::kRunEnv), problems);
  if (!problems.empty()) return invalid_error(std::string(contract::kRunEnv) + ": " + describe(problems));
  config.pod_dir = value(contract::kPodDirEnv, kDefaultPodDir);
  config.pod_name = value(contract::kPodNameEnv);
  if (const auto url = value(contract::kTelemetryUrlEnv); !url.empty()) {
    auto endpoint = parse_endpoint(url);
    if (!endpoint) return endpoint.error().in(contract::kTelemetryUrlEnv);
    endpoint->ca_pem = value(contract::kTelemetryCaEnv);
    config.telemetry = std::move(*endpoint);
  }
  config.token_file = value(contract::kTelemetryTokenFileEnv);
  if (!std::filesystem::is_directory(config.pod_dir)) {
    return invalid_error(std::string(contract::kPodDirEnv) + ": " + config.pod_dir.string() + " is not a folder");
  }
  if (config.pod_name.empty() && config.telemetry) {
    return invalid_error(std::string(contract::kPodNameEnv) + ": is required to send telemetry");
  }
  return config;
}

}  // namespace visionops::sidecar
