// A folder of tests/golden/frameworks/cases: what a framework wrote, in the pieces and at the times of the recording.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "worker/contract/framework_run.h"
#include "worker/framework/run_reader.h"

namespace visionops::framework {

struct Piece {
  TimePoint at{};
  int stream = 0;
  std::string bytes;
};

struct RecordedRun {
  std::string name;  ///< "timm/nan"
  std::string framework;
  Json expected;
  int exit_code = 0;  ///< as a shell would say, where the expectation does not
  std::vector<Piece> pieces;
  std::vector<std::pair<std::string, std::string>> files;  ///< path below the job's folder, text; older ones first
  std::vector<std::string> events;                         ///< paths that were closed after writing, or moved there
  contract::FrameworkReading reading;

  [[nodiscard]] std::string log() const;
  /// What the wrapper knows: the values of its own command.
  [[nodiscard]] std::int32_t epochs_wanted() const;
  [[nodiscard]] std::int32_t resumed_from() const;
  [[nodiscard]] std::int32_t first_epoch() const;  ///< what the framework calls its first
  [[nodiscard]] ExitFacts facts() const;
};

/// Every folder with an expected.json and a stdout.raw.
std::vector<RecordedRun> recorded_runs();
contract::FrameworkReading reading_of(const std::string& name);
std::string text_of_file(const std::filesystem::path& file);

/// How a run is given to the reader; what it finds must not depend on it.
struct Manner {
  bool streams_apart = true;
  bool signals_told = true;  ///< the wrapper knows what it sent
  bool files = true;
  bool files_grow = false;  ///< each file is given at five sizes
  std::size_t bytes = 0;    ///< of a piece; 0: as recorded
};

struct Found {
  Verdict verdict;
  Position position;
  std::vector<contract::MetricPoint> points;
  std::vector<std::string> events;
};
Found replay(const RecordedRun& run, const Manner& manner);

}  // namespace visionops::framework
