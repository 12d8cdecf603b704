// The log of a command line: to stderr, so that stdout stays for results.
#pragma once

#include <spdlog/fwd.h>

#include <memory>
#include <string>

namespace visionops::commands {

/// `level` is a word of spdlog: trace, debug, info, warn, error, off. Thread-safe.
std::shared_ptr<spdlog::logger> quiet_log(const std::string& level);

}  // namespace visionops::commands
