#include "operator/assembly/quiet_log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace visionops::commands {

std::shared_ptr<spdlog::logger> quiet_log(const std::string& level) {
  auto log = std::make_shared<spdlog::logger>("visionops", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  log->set_level(spdlog::level::from_str(level));
  log->set_pattern("%H:%M:%S %l %v");
  return log;
}

}  // namespace visionops::commands
