#include "worker/framework/run_reader.h"

#include <algorithm>
#include <array>

#include "worker/framework/checkpoints/path_pattern.h"
#include "worker/framework/failures/failure_notes.h"
#include "worker/framework/files/file_format.h"
#include "worker/framework/lines/line_stream.h"
#include "worker/framework/lines/plain_line.h"
#include "worker/framework/readers/log_rules.h"
#include "worker/framework/readers/reader.h"
#include "worker/framework/verdict.h"

namespace visionops::framework {

namespace {

constexpr Interest kFailures = 1;
constexpr Interest kRules = 2;
constexpr Interest kEscape = 4;
constexpr Interest kFirstReader = 8;
constexpr std::size_t kStreams = 2;
constexpr std::size_t kMostFiles = 1024;

const LogFormat* log_format(std::string_view name) {
  for (const auto* format : log_format_table()) {
    if (format->name == name) return format;
  }
  return nullptr;
}

const FileFormat* file_format(std::string_view name) {
  for (const auto* format : file_format_table()) {
    if (format->name == name) return format;
  }
  return nullptr;
}

struct OpenReader {
  std::unique_ptr<LogReader> reader;
  Interest interest = 0;
};

struct OpenFile {
  std::unique_ptr<FileReader> reader;
  std::size_t rule = 0;
};

}  // namespace

struct RunReader::State {
  State(contract::FrameworkReading r, FailureNotes n, LogRules l, std::int32_t wanted, std::int32_t resumed)
      : reading(std::move(r)),
        notes(std::move(n)),
        rules(std::move(l)),
        story(wanted, resumed, !reading.metric_files.empty()),
        resumed_from(resumed) {}

  Status open_readers();
  void line(std::string_view whole);
  void read(std::string_view whole, std::string_view text, int rank, Interest who);
  [[nodiscard]] bool wants_all() const;

  contract::FrameworkReading reading;
  FailureNotes notes;
  LogRules rules;
  Story story;
  std::int32_t resumed_from;
  std::vector<OpenReader> readers;
  std::map<std::string, OpenFile, std::less<>> files;
  LiteralFilter filter;
  std::array<LineStream, kStreams> streams;
  std::size_t newest_stream = 0;
  TimePoint now{};
  bool ended = false;
  std::string room;
  std::optional<Verdict> lost;
};

Status RunReader::State::open_readers() {
  Interest interest = kFirstReader;
  for (const auto& name : reading.log_formats) {
    const auto* format = log_format(name);
    if (format == nullptr) return invalid_error("reading.logFormats: there is no log format \"" + name + "\"");
    readers.push_back({format->make(), interest});
    for (const auto& word : format->words) filter.add(word, interest);
    interest = interest < (Interest{1} << 30) ? interest << 1 : interest;
  }
  for (const auto& rule : reading.metric_files) {
    if (file_format(rule.format) != nullptr) continue;
    return invalid_error("reading.metricFiles: there is no file format \"" + rule.format + "\"");
  }
  for (const auto& word : notes.words()) filter.add(word, kFailures);
  for (const auto& word : rules.words()) filter.add(word, kRules);
  filter.add("\x1b", kEscape);
  filter.compile();
  return {};
}

bool RunReader::State::wants_all() const {
  return filter.always() != 0 || notes.wants_next() ||
         std::any_of(readers.begin(), readers.end(), [](const OpenReader& r) { return r.reader->wants_next(); });
}

void RunReader::State::line(std::string_view whole) {
  const auto plain = without_ansi(whole, room);
  const auto ranked = without_rank(plain);
  read(plain, ranked.text, ranked.rank, filter.interest(plain));
}

void RunReader::State::read(std::string_view whole, std::string_view text, int rank, Interest who) {
  story.begin_line(text, now);
  if ((who & kFailures) != 0 || notes.wants_next()) {
    notes.take(whole, text, rank, story.began());
    if ((who & kFailures) != 0 && notes.warns(trimmed(text))) story.event(text);
  }
  if (!lost && notes.lost()) {
    lost = Verdict{false, notes.lost()->value, notes.lost()->line, notes.lost()->hint};
  }
  // Ranks say the same; the first speaks for all.
  if (rank > 0) return;
  if (((who | filter.always()) & kRules) != 0 && rules.read(text, story)) return;
  for (auto& open : readers) {
    const bool shown = ((who | filter.always()) & open.interest) != 0 || open.reader->wants_next();
    if (shown && open.reader->read(text, story)) return;
  }
}

RunReader::RunReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
RunReader::RunReader(RunReader&&) noexcept = default;
RunReader& RunReader::operator=(RunReader&&) noexcept = default;
RunReader::~RunReader() = default;

Result<RunReader> RunReader::make(contract::FrameworkReading reading, std::int32_t epochs_wanted,
                                  std::int32_t resumed_from_epoch) {
  auto notes = FailureNotes::make(reading.failures);
  if (!notes) return notes.error();
  auto rules = LogRules::make(reading.log_rules, reading.finished);
  if (!rules) return rules.error();
  auto state = std::make_unique<State>(std::move(reading), std::move(*notes), std::move(*rules),
                                       std::max(epochs_wanted, 0), std::max(resumed_from_epoch, 0));
  if (auto opened = state->open_readers(); !opened) return opened.error();
  return RunReader(std::move(state));
}

void RunReader::take_log(std::string_view bytes, TimePoint at, int stream) {
  auto& s = *state_;
  s.now = at;
  s.newest_stream = stream == 1 ? 1 : 0;
  s.streams[s.newest_stream].feed(
      bytes, s.filter, [&](std::string_view line) { s.line(line); }, [&] { return s.wants_all(); });
}

void RunReader::end_log(TimePoint at) {
  auto& s = *state_;
  s.now = at;
  for (auto& stream : s.streams) {
    stream.end([&](std::string_view line) { s.line(line); });
  }
  s.notes.end();
  for (auto& open : s.readers) open.reader->end(s.story);
  s.ended = true;
}

bool RunReader::is_metric_file(std::string_view path) const {
  const auto& rules = state_->reading.metric_files;
  return std::any_of(rules.begin(), rules.end(), [&](const auto& rule) { return matches(rule.path, path); });
}

void RunReader::take_file(const std::string& path, std::string_view text, TimePoint at) {
  auto& s = *state_;
  const auto& rules = s.reading.metric_files;
  auto open = s.files.find(path);
  if (open == s.files.end()) {
    const auto rule = std::find_if(rules.begin(), rules.end(), [&](const auto& r) { return matches(r.path, path); });
    if (rule == rules.end() || s.files.size() >= kMostFiles) return;
    open = s.files.emplace(path, OpenFile{file_format(rule->format)->make(rule->first_epoch), 0}).first;
  }
  s.story.begin_file(path, at);
  open->second.reader->read(text, s.ended, s.story);
}

void RunReader::saw_checkpoint(std::int32_t epoch) { state_->story.epoch_done(epoch); }

std::vector<contract::TelemetryLine> RunReader::take_lines() {
  if (state_->ended) state_->story.end();
  return state_->story.take_lines();
}

const Position& RunReader::position() const { return state_->story.position(); }
const std::map<std::string, double>& RunReader::latest() const { return state_->story.latest(); }
std::int32_t RunReader::epochs_done() const { return state_->story.position().done; }

std::int32_t RunReader::epochs_of_finished_run() const {
  const auto& story = state_->story;
  return story.in_last_epoch_without_parts() ? std::max(epochs_done(), story.position().epoch) : epochs_done();
}
std::int32_t RunReader::epoch_of_step(std::int64_t step) const { return state_->story.epoch_of_step(step); }
const std::optional<Verdict>& RunReader::lost() const { return state_->lost; }

Verdict RunReader::verdict(const ExitFacts& facts) const {
  const auto& s = *state_;
  return judge({s.story, s.notes, s.streams[s.newest_stream].last_line(), s.resumed_from}, facts);
}

}  // namespace visionops::framework
