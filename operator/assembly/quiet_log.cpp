#include "operator/assembly/quiet_log.h"

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <iostream>

namespace visionops::commands {

std::shared_ptr<spdlog::logger> quiet_log(const std::string& level) {
  auto log =
      std::make_shared<spdlog::logger>("visionops", std::make_shared<spdlog::sinks::ostream_sink_mt>(std::cerr, true));
  log->set_level(spdlog::level::from_str(level));
  log->set_pattern("%H:%M:%S %l %v");
  return log;
}

}  // namespace visionops::commands
