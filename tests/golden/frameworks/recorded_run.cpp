#include "tests/golden/frameworks/recorded_run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "operator/runtimes/runtime.h"
#include "worker/framework/checkpoints/checkpoint_names.h"
#include "worker/framework/path_order.h"

namespace visionops::framework {

namespace {

namespace fs = std::filesystem;
const fs::path kFolder = fs::path(VISIONOPS_SOURCE_DIR) / "tests/golden/frameworks";

TimePoint at_second(double second) { return TimePoint{Duration(static_cast<std::int64_t>(second * 1000))}; }

std::vector<Piece> pieces_of(const fs::path& folder) {
  const std::string log = text_of_file(folder / "stdout.raw");
  std::istringstream table(text_of_file(folder / "streams.tsv"));
  std::vector<Piece> pieces;
  std::string second;
  std::string stream;
  std::size_t bytes = 0;
  std::size_t offset = 0;
  while (table >> second >> stream >> bytes >> offset) {
    pieces.push_back({at_second(std::stod(second)), stream == "e" ? 1 : 0, log.substr(offset, bytes)});
  }
  if (pieces.empty() && !log.empty()) pieces.push_back({TimePoint{}, 0, log});
  return pieces;
}

std::vector<std::pair<std::string, std::string>> files_of(const fs::path& folder) {
  std::vector<std::pair<std::string, std::string>> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      files.emplace_back(entry.path().lexically_relative(folder).generic_string(), text_of_file(entry.path()));
    }
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return made_before(a.first, b.first); });
  return files;
}

std::vector<std::string> events_of(const fs::path& file) {
  std::vector<std::string> paths;
  std::istringstream table(text_of_file(file));
  for (std::string line; std::getline(table, line);) {
    std::istringstream cells(line);
    std::string second, event, path;
    std::getline(cells, second, '\t');
    std::getline(cells, event, '\t');
    std::getline(cells, path, '\t');
    if (event == "CLOSE_WRITE" || event == "MOVED_TO" || event == "CREATE") paths.push_back(path);
  }
  return paths;
}

std::string reading_name(const std::string& framework, const Json& expected) {
  const std::string command = expected.contains("command") ? expected.at("command").dump() : "";
  if (framework == "hf" || command.find("/hf_") != std::string::npos) return "huggingface";
  return framework == "torchrun" ? "torchvision" : framework;
}

RecordedRun run_in(const fs::path& folder) {
  RecordedRun run;
  run.framework = folder.parent_path().filename();
  run.name = run.framework + "/" + folder.filename().string();
  run.expected = Json::parse(text_of_file(folder / "expected.json"));
  run.pieces = pieces_of(folder);
  run.files = files_of(folder / "files");
  run.events = events_of(folder / "events.tsv");
  const auto code = text_of_file(folder / "exit");
  run.exit_code = code.empty() ? 0 : std::stoi(code);
  run.reading = reading_of(reading_name(run.framework, run.expected));
  return run;
}

void add(Found& found, const std::vector<contract::TelemetryLine>& lines) {
  for (const auto& line : lines) {
    if (line.metric) found.points.push_back(*line.metric);
    if (!line.event.empty()) found.events.push_back(line.event);
  }
}

void give_files(RunReader& reader, const RecordedRun& run, TimePoint at, Found& found) {
  for (const auto& [path, text] : run.files) reader.take_file(path, text, at);
  add(found, reader.take_lines());
}

/// One after the other: an older one does not grow while a newer one does.
void give_growing_files(RunReader& reader, const RecordedRun& run, TimePoint at, Found& found) {
  for (const auto& [path, text] : run.files) {
    for (const double part : {0.2, 0.4, 0.6, 0.8}) {
      const auto size = static_cast<std::size_t>(part * static_cast<double>(text.size()));
      reader.take_file(path, std::string_view(text).substr(0, size), at);
      add(found, reader.take_lines());
    }
  }
}

void give_log(RunReader& reader, const RecordedRun& run, const Manner& manner, Found& found) {
  for (const auto& piece : run.pieces) {
    const std::size_t step = manner.bytes == 0 ? std::max<std::size_t>(piece.bytes.size(), 1) : manner.bytes;
    for (std::size_t at = 0; at < piece.bytes.size(); at += step) {
      reader.take_log(std::string_view(piece.bytes).substr(at, step), piece.at,
                      manner.streams_apart ? piece.stream : 0);
    }
    add(found, reader.take_lines());
  }
}

void give_checkpoints(RunReader& reader, const RecordedRun& run) {
  const auto names = CheckpointNames::make(run.reading.checkpoints);
  ASSERT_TRUE(names) << names.error().message;
  for (const auto& path : run.events) {
    if (const auto name = names->read(path); name && name->epoch > 0) reader.saw_checkpoint(name->epoch);
  }
}

}  // namespace

std::string text_of_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<RecordedRun> recorded_runs() {
  std::vector<RecordedRun> runs;
  for (const auto& entry : fs::recursive_directory_iterator(kFolder / "cases")) {
    const auto folder = entry.path().parent_path();
    if (entry.path().filename() != "expected.json" || !fs::exists(folder / "stdout.raw")) continue;
    runs.push_back(run_in(folder));
  }
  std::sort(runs.begin(), runs.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return runs;
}

contract::FrameworkReading reading_of(const std::string& name) {
  const auto* runtime = runtimes::find(name);
  EXPECT_NE(runtime, nullptr) << name;
  return runtime == nullptr ? contract::FrameworkReading{} : runtime->reading;
}

std::string RecordedRun::log() const {
  std::string log;
  for (const auto& piece : pieces) log += piece.bytes;
  return log;
}

std::int32_t RecordedRun::epochs_wanted() const {
  static const std::set<std::string> kOptions{"--epochs", "--num_train_epochs", "--max_epochs"};
  std::int32_t wanted = 0;
  if (!expected.contains("command")) return wanted;
  const auto words = expected.at("command").get<std::vector<std::string>>();
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].starts_with("epochs=")) wanted = std::stoi(words[i].substr(7));
    if (kOptions.contains(words[i]) && i + 1 < words.size()) wanted = std::stoi(words[i + 1]);
  }
  return wanted;
}

std::int32_t RecordedRun::first_epoch() const {
  if (expected.contains("progress") && expected.at("progress").contains("epochBase")) {
    return expected.at("progress").at("epochBase").get<std::int32_t>();
  }
  if (!reading.log_formats.empty() && reading.log_formats[0] == "transformers") return 1;
  return framework == "timm" || framework == "lightning" || framework.starts_with("torch") ? 0 : 1;
}

std::int32_t RecordedRun::resumed_from() const {
  if (!expected.contains("resumed") || !expected.at("resumed").contains("firstEpoch")) return 0;
  const double first = expected.at("resumed").at("firstEpoch").get<double>();
  const bool parts = !reading.log_formats.empty() && reading.log_formats[0] == "transformers";
  return parts ? static_cast<std::int32_t>(first) : static_cast<std::int32_t>(first) - first_epoch();
}

ExitFacts RecordedRun::facts() const {
  ExitFacts facts;
  facts.exit_code = expected.value("exit", exit_code);
  if (expected.contains("signal") && !expected.at("signal").is_null()) {
    facts.signal = expected.at("signal").get<int>();
    facts.exit_code = 0;
  }
  facts.oom_killed = expected.contains("cgroup") && expected.at("cgroup").value("oom_kill", 0) > 0;
  facts.hung = expected.contains("harnessKilledAfterSeconds");
  for (const auto& provoked : expected.value("provoked", Json::array())) {
    if (provoked.value("to", "") != "main") continue;
    if (provoked.value("signal", "") == "TERM") facts.signal_sent = 15;
    if (provoked.value("signal", "") == "INT") facts.signal_sent = 2;
  }
  return facts;
}

Found replay(const RecordedRun& run, const Manner& manner) {
  auto made = RunReader::make(run.reading, run.epochs_wanted(), run.resumed_from());
  Found found;
  if (!made) {
    ADD_FAILURE() << made.error().message;
    return found;
  }
  auto& reader = *made;
  give_log(reader, run, manner, found);
  const TimePoint last = run.pieces.empty() ? TimePoint{} : run.pieces.back().at;
  if (manner.files && manner.files_grow) give_growing_files(reader, run, last, found);
  reader.end_log(last);
  if (manner.files) give_files(reader, run, last, found);
  give_checkpoints(reader, run);
  add(found, reader.take_lines());
  auto facts = run.facts();
  if (!manner.signals_told) facts.signal_sent = 0;
  found.verdict = reader.verdict(facts);
  found.position = reader.position();
  return found;
}

}  // namespace visionops::framework
