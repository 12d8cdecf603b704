// What the sidecar is told by its environment (worker/contract/run_spec.h).
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "worker/contract/run_spec.h"
#include "worker/sidecar/endpoint.h"

namespace visionops::sidecar {

struct SidecarConfig {
  contract::RunSpec run;
  std::filesystem::path pod_dir;
  std::string pod_name;
  std::optional<Endpoint> telemetry;  ///< empty: nothing is sent, checkpoints are stored all the same
  std::filesystem::path token_file;
  Duration poll{200};
  Duration batch{1'000};      ///< between two messages, unless one is full
  Duration heartbeat{5'000};  ///< between two messages when nothing happens, and between samples
  Duration grace{25'000};     ///< for the drain after the request to stop
};

/// `environment` gives the value of a variable, or nullptr. Invalid names the variable and the field.
Result<SidecarConfig> read_config(const std::function<const char*(const char*)>& environment);

}  // namespace visionops::sidecar
