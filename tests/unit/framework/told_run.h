// A run that is told in a few lines.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "worker/framework/run_reader.h"

namespace visionops::framework {

struct ToldRun {
  explicit ToldRun(contract::FrameworkReading reading, std::int32_t epochs = 0, std::int32_t resumed_from = 0)
      : made(RunReader::make(std::move(reading), epochs, resumed_from)), reader(*made) {}
  explicit ToldRun(const std::string& format, std::int32_t epochs = 0) : ToldRun(reading_of(format), epochs) {}

  static contract::FrameworkReading reading_of(const std::string& format) {
    contract::FrameworkReading reading;
    if (!format.empty()) reading.log_formats = {format};
    return reading;
  }

  ToldRun& says(std::string_view log, int stream = 0) { return reader.take_log(log, TimePoint{}, stream), *this; }
  ToldRun& writes(const std::string& path, std::string_view text) {
    return reader.take_file(path, text, TimePoint{}), *this;
  }
  ToldRun& ends() { return reader.end_log(TimePoint{}), *this; }

  std::vector<contract::TelemetryLine> lines() { return reader.take_lines(); }
  std::vector<std::string> events() {
    std::vector<std::string> events;
    for (auto& line : lines()) {
      if (!line.event.empty()) events.push_back(line.event);
    }
    return events;
  }
  std::vector<contract::MetricPoint> points() {
    std::vector<contract::MetricPoint> points;
    for (auto& line : lines()) {
      if (line.metric) points.push_back(*line.metric);
    }
    return points;
  }
  std::optional<double> value(const std::string& name) {
    points();
    const auto at = reader.latest().find(name);
    return at == reader.latest().end() ? std::nullopt : std::optional(at->second);
  }
  Verdict exits(int code) { return ends(), reader.verdict({.exit_code = code}); }
  std::string fails(ExitFacts facts) {
    ends();
    const auto verdict = reader.verdict(facts);
    return verdict.failure ? std::string(enum_name(*verdict.failure)) : "finished";
  }
  std::string fails(int code) { return fails(ExitFacts{.exit_code = code}); }

  Result<RunReader> made;
  RunReader& reader;
};

}  // namespace visionops::framework
