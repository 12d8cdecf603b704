// What was told so far, by lines and by files: where the run is, the points of its metrics, and what people should
// know. Readers write into it, the verdict reads it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "worker/contract/telemetry.h"
#include "worker/framework/metric_health.h"
#include "worker/framework/run_reader.h"

namespace visionops::framework {

inline constexpr std::size_t kMostWaitingLines = 65536;  ///< between two calls of take_lines
inline constexpr std::size_t kMostPoints = 1U << 20;     ///< told of the files of one run
inline constexpr std::size_t kMostEvents = 200;          ///< of one run
inline constexpr std::size_t kMaxMetricName = 64;        ///< bytes

class Story {
 public:
  Story(std::int32_t epochs_wanted, std::int32_t resumed_from, bool has_files);

  // ---- by readers of lines; begin_line comes before each line -----------------------------------------------------
  void begin_line(std::string_view line, TimePoint at);
  /// The line tells something of the run: it may be its last word.
  /// `part`: the piece of the line that does; empty: the whole line.
  void claim(std::string_view part = {});
  /// The run says how many epochs it will do; what the wrapper knows is stronger.
  void say_epochs(std::int64_t epochs);
  /// An epoch (1-based) goes on; the ones before it are complete. `first`: the run may have begun with it; false: lines
  /// of this kind come late.
  void at_epoch(std::int64_t epoch, bool first = true);
  void epoch_done(std::int64_t epoch);
  /// Of the epoch at hand; units do not matter.
  void within_epoch(std::int64_t done, std::int64_t total);
  /// Of the run, as the framework counts; `steps` 0: unknown.
  void at_step(std::int64_t step, std::int64_t steps);
  /// Of the whole run; none is done so far.
  void say_steps(std::int64_t steps);
  /// The epoch with its part, as Transformers tells it: 11.33.
  void at_fraction(double epoch);
  /// A point at the epoch and step at hand. `live`: told at once although a file will tell the same by the same name.
  void metric(std::string_view name, double value, bool live = false);
  /// Only looked at for values that are no numbers: a running value that is not a point.
  void watch(std::string_view name, double value);
  /// The framework says that its last epoch was done, or that it stops by its own rules.
  void say_finished();
  /// For people: once for each text, and a few times for texts that differ in digits alone.
  void event(std::string_view text);

  // ---- by readers of files ----------------------------------------------------------------------------------------
  void begin_file(const std::string& path, TimePoint at);
  struct Point {
    std::string_view name;
    double value = 0;
    std::int64_t step = -1;  ///< -1: the file does not say
    std::int32_t epoch = 0;  ///< 1-based; 0: the file does not say
    std::string_view row;    ///< that it stands in, for evidence
  };
  void file_point(const Point& point);
  /// The epoch of the first row: a file that a later run began tells with which epoch it did.
  void file_began(std::int32_t epoch);
  /// How many epochs the file knows to be complete, its newest step (-1: unknown), and how many there will be (0:
  /// unknown).
  void file_done(std::int32_t epochs, std::int64_t step, std::int64_t steps = 0);

  /// Nothing more is said: held points are told.
  void end();

  std::vector<contract::TelemetryLine> take_lines();
  [[nodiscard]] const Position& position() const { return position_; }
  [[nodiscard]] const std::map<std::string, double>& latest() const { return latest_; }
  [[nodiscard]] std::int32_t epoch_of_step(std::int64_t step) const;
  [[nodiscard]] bool said_finished() const { return finished_; }
  /// Every epoch, or every step, that was wanted is done.
  [[nodiscard]] bool all_done() const;
  /// The newest line tells of the last epoch, and no line ever told how far an epoch is.
  [[nodiscard]] bool in_last_epoch_without_parts() const;
  /// Whether anything was said about epochs or steps at all.
  [[nodiscard]] bool began() const { return position_.epoch > 0 || position_.step > 0; }
  [[nodiscard]] std::int32_t first_epoch() const { return position_.first_epoch; }
  [[nodiscard]] std::string_view last_word() const { return last_word_; }
  [[nodiscard]] std::string_view first_word() const { return first_word_; }
  /// The oldest of the losses and norms whose newest value is no number; nullptr: all are sound.
  [[nodiscard]] const NotANumber* not_a_number() const { return health_.not_a_number(); }

 private:
  struct Held {
    contract::MetricPoint point;
    std::int32_t epoch = 0;
  };
  void tell(contract::MetricPoint point);
  void look_at(std::string_view name, double value, std::string_view line, std::string_view row);
  void release_held(std::int32_t up_to_epoch);
  void push(contract::TelemetryLine line);
  void settle();
  void know_step(std::int64_t step, std::int32_t epoch);
  [[nodiscard]] std::int64_t step_of_point() const;
  [[nodiscard]] bool is_news(const Point& point);
  [[nodiscard]] contract::TelemetryLine progress_line() const;

  Position position_;
  bool epochs_known_;
  bool hold_;
  std::int32_t resumed_from_;
  std::int32_t log_done_ = 0;
  std::int32_t file_done_ = 0;
  std::string file_of_done_;
  std::int64_t file_step_ = -1;
  bool log_steps_ = false;
  bool finished_ = false;
  std::int64_t within_done_ = 0;
  std::int64_t within_total_ = 0;
  std::map<std::int32_t, std::int64_t> steps_of_epochs_;  ///< the last step that was seen of each

  std::string line_;
  std::string last_word_;
  std::string first_word_;
  std::string path_;
  TimePoint at_{};
  bool progressed_ = false;

  std::deque<contract::TelemetryLine> waiting_;
  std::size_t dropped_ = 0;
  std::deque<Held> held_;
  std::map<std::string, double> latest_;
  using Place = std::pair<std::int32_t, std::int64_t>;
  std::unordered_map<std::string, Place> last_places_;  ///< epoch and step of what is in latest_
  MetricHealth health_;
  std::map<std::string, std::set<std::string>> events_;  ///< told ones, by their text without digits
  std::size_t events_told_ = 0;
  /// By name, epoch and step: the value that a file told, and the file.
  struct Told {
    double value;
    std::uint32_t file;
  };
  std::unordered_map<std::uint64_t, Told> told_;
  std::vector<std::string> files_;
  std::uint32_t file_ = 0;
};

}  // namespace visionops::framework
