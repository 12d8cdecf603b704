#include "operator/assembly/json_log.h"

#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/json.h"
#include "operator/assembly/quiet_log.h"

namespace visionops::commands {

namespace {

class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(line.time);
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(line.time.time_since_epoch()).count() % 1000;
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    const auto level = spdlog::level::to_string_view(line.level);
    fmt::format_to(std::back_inserter(out),
                   R"({{"time":"{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z","level":"{}","message":{}}})"
                   "\n",
                   utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, milliseconds,
                   std::string_view(level.data(), level.size()),
                   json_string(std::string(line.payload.data(), line.payload.size())));
  }
  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonFormatter>(); }
};

}  // namespace

std::string json_string(const std::string& text) { return dump_json(Json(text)); }

std::shared_ptr<spdlog::logger> operator_log(const api::LogConfig& config) {
  auto log = quiet_log(std::string(enum_name(config.level)));
  if (config.format == api::LogFormat::JSON) log->set_formatter(std::make_unique<JsonFormatter>());
  return log;
}

}  // namespace visionops::commands
