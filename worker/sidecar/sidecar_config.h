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
  std::filesystem::path pod_dir;  ///< the three folders: worker/contract/pod_folders.h
  std::filesystem::path answers_dir;
  std::filesystem::path own_dir;
  std::string termination_log;  ///< empty: /dev/termination-log where a container runtime has put it
  std::string pod_name;
  std::optional<Endpoint> telemetry;  ///< empty: nothing is sent, checkpoints are stored all the same
  std::filesystem::path token_file;
  Duration poll{200};
  Duration batch{1'000};      ///< between two messages, unless one is full
  Duration heartbeat{5'000};  ///< between two messages when nothing happens, and between samples
  Duration grace{25'000};     ///< for the telemetry that is left after the request to stop
  /// For the checkpoints that are left and for reading the model back; within what the Pod grants after that request
  /// (operator/core/pod_template.cpp).
  Duration store_grace{110'000};
};

/// `environment` gives the value of a variable, or nullptr. Invalid names the variable and the field.
Result<SidecarConfig> read_config(const std::function<const char*(const char*)>& environment);

}  // namespace visionops::sidecar
