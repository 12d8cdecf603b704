// Reads the configuration file of `visionops operator`.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "operator/settings/operator_config.h"

namespace visionops::commands {

/// NotFound: no such file. Invalid: every problem on a line of its own, "FILE:LINE: field message".
Result<api::OperatorConfig> read_operator_config(const std::filesystem::path& file);

}  // namespace visionops::commands
