// What a framework says while it runs, read: its output and its metric files become telemetry lines, and its end
// becomes a verdict. Bytes in, values out: no clock, no file, no thread. One reader serves one process of one attempt,
// on one thread at a time. docs/decisions/0026 has who calls it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "worker/contract/failure_class.h"
#include "worker/contract/framework_run.h"
#include "worker/contract/telemetry.h"

namespace visionops::framework {

/// How the process ended, as waitpid and the control group tell it.
struct ExitFacts {
  int exit_code = 0;        ///< 0..255; 128 + N is taken as the signal N when `signal` is 0
  int signal = 0;           ///< that ended it; 0: it exited by itself
  bool oom_killed = false;  ///< the control group's counter oom_kill rose while it ran
  int signal_sent = 0;      ///< the first one that the wrapper itself passed on (SIGTERM, SIGINT); 0: none
  bool hung = false;        ///< the wrapper killed it since it gave no sign of life
};

/// How a run ended. `finished` and `failure` are never both set; a run without `finished` has a failure.
struct Verdict {
  bool finished = false;  ///< every epoch that was wanted is done, and nothing speaks against it
  std::optional<contract::FailureClass> failure;  ///< why not
  std::string evidence;  ///< the one line that proves it, without ANSI sequences, at most 4 KiB; may be empty
  std::string hint;      ///< the way out; empty: that of the class
};

/// How far the run is. Epochs are 1-based.
struct Position {
  std::int32_t epoch = 0;        ///< that the newest line belongs to; 0: none was begun
  std::int32_t done = 0;         ///< epochs that are complete, those before a resume included
  std::int32_t epochs = 0;       ///< wanted in all; 0: nobody said
  std::int64_t step = 0;         ///< of the run, not of the epoch; 0: unknown
  std::int64_t steps = 0;        ///< of the whole run; 0: unknown
  std::int32_t first_epoch = 0;  ///< the first that a line of the log told of: behind a resume not 1
  std::int64_t first_step = 0;   ///< as above; 0: unknown
};

class RunReader {
 public:
  /// Invalid: an expression or a name of a format that is not known. `epochs_wanted` 0: unknown, or no epochs.
  /// `resumed_from_epoch`: the epoch whose checkpoint the run was told to go on from; 0: from the start.
  static Result<RunReader> make(contract::FrameworkReading reading, std::int32_t epochs_wanted,
                                std::int32_t resumed_from_epoch);

  RunReader(RunReader&&) noexcept;
  RunReader& operator=(RunReader&&) noexcept;
  ~RunReader();

  /// Bytes of both streams in the order in which they came; a piece may end anywhere, also within a character.
  /// `stream` tells them apart, so that half a line of one is not mixed with the other: 0 stdout, 1 stderr.
  void take_log(std::string_view bytes, TimePoint at, int stream = 0);
  /// Both pipes are at their end: the last lines have no '\n'.
  void end_log(TimePoint at);
  /// The whole text of a metric file as it is now, whenever it changed; `path` is below the job's folder, with '/'. A
  /// path that no rule of the reading names is ignored. Points that were told already are not told again.
  void take_file(const std::string& path, std::string_view text, TimePoint at);
  /// Whether a rule names the path as a metric file.
  [[nodiscard]] bool is_metric_file(std::string_view path) const;

  /// A whole checkpoint was seen that holds the end of this epoch: it is done, whatever the log says.
  void saw_checkpoint(std::int32_t epoch);

  /// Progress, metrics and events since the last call, in order. At most kMostWaitingLines wait; the oldest metrics go
  /// first, and an event says how many.
  std::vector<contract::TelemetryLine> take_lines();

  [[nodiscard]] const Position& position() const;
  /// The newest finite value of each metric, by name.
  [[nodiscard]] const std::map<std::string, double>& latest() const;
  /// Complete epochs, those before a resume included.
  [[nodiscard]] std::int32_t epochs_done() const;
  /// Of a run that verdict() called finished: also an epoch that had one line, and no word that it is over.
  [[nodiscard]] std::int32_t epochs_of_finished_run() const;
  /// The epoch that a step belongs to, as far as lines told; 0: unknown. For checkpoints that are named by steps.
  [[nodiscard]] std::int32_t epoch_of_step(std::int64_t step) const;

  /// Set once a line said that the run cannot go on although its process lives (shared memory that is too small): end
  /// it, and judge by verdict() as always.
  [[nodiscard]] const std::optional<Verdict>& lost() const;

  /// How it ended. Call end_log and give the files a last time before.
  [[nodiscard]] Verdict verdict(const ExitFacts& facts) const;

 private:
  struct State;
  explicit RunReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace visionops::framework
