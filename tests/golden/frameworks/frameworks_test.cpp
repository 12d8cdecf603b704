// What is found in the recorded runs is what was written down by hand beside them, in whatever pieces they come.
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <tuple>

#include "tests/golden/frameworks/recorded_run.h"
#include "worker/framework/lines/numbers.h"
#include "worker/framework/lines/plain_line.h"

namespace visionops::framework {
namespace {

const std::vector<RecordedRun>& runs() {
  static const auto all = recorded_runs();
  return all;
}

const std::vector<std::pair<std::string, Manner>>& manners() {
  static const std::vector<std::pair<std::string, Manner>> all{
      {"as recorded", {}},
      {"both streams in one", {false, true, true, false, 0}},
      {"without what the wrapper sent", {true, false, true, false, 0}},
      {"in pieces of seven bytes, with growing files", {true, true, true, true, 7}}};
  return all;
}

bool close_to(double a, double b) { return a == b || std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b)); }

/// The epoch of a value in the recording, counted from 1; 0: it has none.
std::int32_t epoch_of(const RecordedRun& run, const Json& point) {
  if (!point.contains("epoch")) return 0;
  const double epoch = point.at("epoch").get<double>();
  if (run.files.empty() || run.reading.metric_files.empty())
    return static_cast<std::int32_t>(epoch) + 1 - run.first_epoch();
  if (run.reading.metric_files[0].format == "TrainerState") return static_cast<std::int32_t>(std::ceil(epoch - 1e-5));
  return static_cast<std::int32_t>(epoch) + 1 - run.first_epoch();
}

bool says_not_a_number(const Found& found, const std::string& name) {
  for (const auto& event : found.events) {
    if (event.starts_with(name + " is not a finite number")) return true;
  }
  return false;
}

bool has_point(const RecordedRun& run, const Found& found, const Json& expected) {
  const std::string name = expected.at("name");
  if (expected.at("value").is_string()) return says_not_a_number(found, name);
  for (const auto& point : found.points) {
    const bool there = point.name == name && point.epoch == epoch_of(run, expected) &&
                       (!expected.contains("step") || point.step == expected.at("step").get<std::int64_t>());
    if (there && close_to(point.value, expected.at("value").get<double>())) return true;
  }
  return false;
}

/// A value that is none proves itself in any line that has it.
bool proves_nan(const RecordedRun& run, const std::string& evidence) {
  const bool in_log = run.log().find(evidence) != std::string::npos;
  return in_log && (evidence.find("nan") != std::string::npos || evidence.find("inf") != std::string::npos);
}

void expect_evidence(const RecordedRun& run, const Json& failure, const Verdict& verdict) {
  if (!failure.contains("evidence") || failure.at("evidence").is_null()) return;
  const std::string expected = failure.at("evidence");
  if (expected == verdict.evidence) return;
  constexpr std::size_t kCut = 300;  // the recording cuts long lines
  if (expected.size() >= kCut && verdict.evidence.starts_with(expected)) return;
  const bool nan = verdict.failure == contract::FailureClass::NaN && run.facts().exit_code == 0;
  EXPECT_TRUE(nan && proves_nan(run, verdict.evidence))
      << "evidence: " << verdict.evidence << "\nexpected: " << expected;
}

void expect_verdict(const RecordedRun& run, const Found& found) {
  if (!run.expected.contains("truth")) return;
  const auto failure = run.expected.value("failure", Json());
  EXPECT_EQ(found.verdict.finished, failure.is_null()) << found.verdict.evidence;
  const std::string failed = found.verdict.failure ? std::string(enum_name(*found.verdict.failure)) : "-";
  EXPECT_EQ(failed, failure.is_null() ? "-" : failure.at("class").get<std::string>()) << found.verdict.evidence;
  if (!failure.is_null()) expect_evidence(run, failure, found.verdict);
}

void expect_progress(const RecordedRun& run, const Found& found) {
  if (!run.expected.contains("progress")) return;
  const auto& progress = run.expected.at("progress");
  if (!progress.contains("epoch")) return;
  const auto done = static_cast<std::int32_t>(progress.at("epoch").get<double>()) + 1 - run.first_epoch();
  EXPECT_EQ(found.position.done, done);
  if (progress.contains("epochs") && found.position.epochs > 0) {
    EXPECT_EQ(found.position.epochs, progress.at("epochs").get<std::int32_t>());
  }
  if (progress.contains("step")) {
    EXPECT_EQ(found.position.step, progress.at("step").get<std::int64_t>());
  }
  if (progress.contains("steps")) {
    EXPECT_EQ(found.position.steps, progress.at("steps").get<std::int64_t>());
  }
}

void expect_warnings(const RecordedRun& run, const Found& found) {
  const std::set<std::string> events(found.events.begin(), found.events.end());
  for (const auto& warning : run.expected.value("warnings", Json::array())) {
    EXPECT_TRUE(events.contains(warning.get<std::string>())) << warning;
  }
  if (run.expected.contains("resumed") && run.expected.at("resumed").contains("line")) {
    EXPECT_TRUE(events.contains(run.expected.at("resumed").at("line").get<std::string>()));
  }
}

void expect_resumed(const RecordedRun& run, const Found& found) {
  if (!run.expected.contains("resumed")) return;
  const auto& resumed = run.expected.at("resumed");
  if (resumed.contains("firstStep")) {
    EXPECT_EQ(found.position.first_step, resumed.at("firstStep").get<std::int64_t>());
  }
  if (resumed.contains("firstEpoch") && found.position.first_epoch > 0) {
    EXPECT_EQ(found.position.first_epoch, run.resumed_from() + 1);
  }
}

TEST(RecordedRuns, AreThere) { EXPECT_GE(runs().size(), 60U); }

TEST(RecordedRuns, EndAsWasWrittenDown) {
  for (const auto& run : runs()) {
    for (const auto& [manner, how] : manners()) {
      SCOPED_TRACE(run.name + ", " + manner);
      const auto found = replay(run, how);
      expect_verdict(run, found);
      expect_progress(run, found);
      expect_warnings(run, found);
      expect_resumed(run, found);
    }
  }
}

TEST(RecordedRuns, HaveEveryPointOfTheirFilesOnce) {
  std::size_t expected_points = 0;
  std::size_t missing = 0;
  for (const auto& run : runs()) {
    if (!run.expected.contains("metrics")) continue;
    for (const auto& [manner, how] : manners()) {
      SCOPED_TRACE(run.name + ", " + manner);
      const auto found = replay(run, how);
      for (const auto& point : run.expected.at("metrics")) {
        ++expected_points;
        if (has_point(run, found, point)) continue;
        ++missing;
        ADD_FAILURE() << "not told: " << point;
      }
      std::set<std::tuple<std::string, std::int32_t, std::int64_t, double>> told;
      for (const auto& p : found.points) {
        EXPECT_TRUE(told.emplace(p.name, p.epoch, p.step, p.value).second)
            << p.name << " of epoch " << p.epoch << " twice";
      }
    }
  }
  std::cout << expected_points - missing << " of " << expected_points << " points\n";
}

/// "3/3", "epoch 0.8333", "Epoch 2", "Train: 1": the number, as an epoch counted from 1.
std::int32_t epoch_in(const RecordedRun& run, const std::string& at) {
  const auto begin = at.find_first_of("0123456789");
  if (begin == std::string::npos) return 0;
  const double epoch = leading_number(std::string_view(at).substr(begin))->value;
  const bool parts = run.reading.log_formats[0] == "transformers";
  return parts ? static_cast<std::int32_t>(std::ceil(epoch - 1e-6))
               : static_cast<std::int32_t>(epoch) + 1 - run.first_epoch();
}

TEST(RecordedRuns, HaveTheValuesOfTheirLinesWhereNoFileTellsThem) {
  Manner without_files;
  without_files.files = false;
  for (const auto& run : runs()) {
    if (!run.expected.contains("logMetrics")) continue;
    SCOPED_TRACE(run.name);
    const auto found = replay(run, without_files);
    for (const auto& expected : run.expected.at("logMetrics")) {
      bool there = false;
      for (const auto& point : found.points) {
        there = there || (point.name == expected.at("name").get<std::string>() &&
                          point.epoch == epoch_in(run, expected.at("at").get<std::string>()) &&
                          close_to(point.value, expected.at("value").get<double>()));
      }
      EXPECT_TRUE(there) << expected;
    }
  }
}

}  // namespace
}  // namespace visionops::framework
