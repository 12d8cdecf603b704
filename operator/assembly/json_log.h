// The log of the operator in a cluster: one JSON object a line on stderr.
#pragma once

#include <spdlog/fwd.h>

#include <memory>
#include <string>

#include "operator/settings/operator_config.h"

namespace visionops::commands {

/// Members: time (RFC 3339 with milliseconds, UTC), level, message; or plain text. Thread-safe.
std::shared_ptr<spdlog::logger> operator_log(const api::LogConfig& config);
/// `text` as a JSON string, in quotes. Bytes that are not UTF-8 become U+FFFD.
std::string json_string(const std::string& text);

}  // namespace visionops::commands
