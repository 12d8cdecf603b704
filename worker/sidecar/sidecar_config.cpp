#include "worker/sidecar/sidecar_config.h"

#include <utility>

#include "worker/contract/pod_folders.h"
#include "worker/contract/run_variables.h"

namespace visionops::sidecar {
namespace {

Status check_folder(const char* variable, const std::filesystem::path& folder) {
  if (std::filesystem::is_directory(folder)) return {};
  return invalid_error(std::string(variable) + ": " + folder.string() + " is not a folder");
}

}  // namespace

Result<SidecarConfig> read_config(const std::function<const char*(const char*)>& environment) {
  const auto value = [&environment](const char* name, const char* fallback = "") {
    const char* text = environment(name);
    return std::string(text != nullptr ? text : fallback);
  };
  SidecarConfig config;
  Problems problems;
  config.run = contract::decode_run_spec(contract::run_text(environment), problems);
  if (!problems.empty()) return invalid_error(std::string(contract::kRunEnv) + ": " + describe(problems));
  config.pod_dir = value(contract::kPodDirEnv, contract::kPodDir);
  config.answers_dir = value(contract::kAnswersDirEnv, contract::kAnswersDir);
  config.own_dir = value(contract::kSidecarDirEnv, contract::kSidecarDir);
  config.termination_log = value(contract::kTerminationLogEnv);
  config.pod_name = value(contract::kPodNameEnv);
  if (const auto url = value(contract::kTelemetryUrlEnv); !url.empty()) {
    auto endpoint = parse_endpoint(url);
    if (!endpoint) return endpoint.error().in(contract::kTelemetryUrlEnv);
    endpoint->ca_pem = value(contract::kTelemetryCaEnv);
    config.telemetry = std::move(*endpoint);
  }
  config.token_file = value(contract::kTelemetryTokenFileEnv);
  for (const auto& [variable, folder] : {std::pair(contract::kPodDirEnv, config.pod_dir),
                                         {contract::kAnswersDirEnv, config.answers_dir},
                                         {contract::kSidecarDirEnv, config.own_dir}}) {
    if (auto checked = check_folder(variable, folder); !checked) return checked.error();
  }
  if (config.pod_name.empty() && config.telemetry) {
    return invalid_error(std::string(contract::kPodNameEnv) + ": is required to send telemetry");
  }
  return config;
}

}  // namespace visionops::sidecar
