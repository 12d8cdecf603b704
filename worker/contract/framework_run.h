// How a training framework is run and how its words are read: what a runtime file (operator/runtimes) says, for one
// run. Travels inside VISIONOPS_RUN; docs/decisions/0026 has who reads what.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/fields/fields.h"
#include "base/vocabulary.h"

namespace visionops::contract {

/// A line of the log that tells something. `match` is an RE2 expression over one line without ANSI sequences. Its named
/// groups tell: epoch, epochs, step, steps (whole numbers), every other name is a metric of that name with the group as
/// its value. With `pairs`, an expression with the groups name and value, every hit of it after `match` is a metric
/// too.
struct LogRule {
  std::string match;
  std::string pairs;
  std::string prefix;            ///< before the names of metrics: "val/"
  std::int32_t first_epoch = 1;  ///< what the framework calls its first epoch
  bool operator==(const LogRule&) const = default;

  static const Table<LogRule>& fields();
};

/// A file of metrics that the framework keeps. `format` is the name of a reader of worker/framework/files.
struct MetricFile {
  std::string path;  ///< below the job's folder; '*' stands for any text within one name
  std::string format;
  std::int32_t first_epoch = 1;
  bool operator==(const MetricFile&) const = default;

  static const Table<MetricFile>& fields();
};

/// Files that are checkpoints, and how they are known to be whole.
struct CheckpointRule {
  std::string path;         ///< below the job's folder; '*' as above. A folder when `complete_by` is given
  std::string complete_by;  ///< the file of a folder that is written last
  std::string epoch;        ///< RE2 over the path with the group epoch or step; empty: by the newest epoch of the log
  std::int32_t first_epoch = 1;
  bool best = false;      ///< the framework's own choice of the best model
  bool resumable = true;  ///< holds what a resume needs
  bool operator==(const CheckpointRule&) const = default;

  static const Table<CheckpointRule>& fields();
};

/// A line that tells why a run failed, before the rules that all frameworks share (worker/framework/failures).
struct FailureRule {
  std::string match;          ///< RE2 over one line
  std::string failure_class;  ///< a name of FailureClass
  std::string hint;           ///< empty: that of the class
  bool operator==(const FailureRule&) const = default;

  static const Table<FailureRule>& fields();
};

/// What tells how a run goes. Structured files win over the log where both tell the same.
struct FrameworkReading {
  std::vector<std::string> log_formats;  ///< names of readers of worker/framework/readers, tried in this order
  std::vector<LogRule> log_rules;
  std::vector<MetricFile> metric_files;
  std::vector<CheckpointRule> checkpoints;
  std::vector<FailureRule> failures;
  std::string finished;  ///< RE2 over one line that is said only when the last epoch was done; empty: none
  bool operator==(const FrameworkReading&) const = default;

  static const Table<FrameworkReading>& fields();
};

/// Model file to start from, in a store.
struct WeightsFile {
  std::string store;
  std::string path;
  std::string sha256;  ///< 64 hexadecimal digits; empty: not compared
  bool operator==(const WeightsFile&) const = default;

  static const Table<WeightsFile>& fields();
};

/// One run. Each text of `command` and `resume_command` is one or more words, separated by single spaces; {NAME} in a
/// word is replaced after the separation, and a text with a {NAME} that has no value is left out. Names are the keys of
/// `values` and what only the Pod knows: data, job, checkpoint, weights, classes, python (framework_words.h).
struct FrameworkRun {
  std::string runtime;
  std::vector<std::string> command;
  std::vector<std::string> resume_command;  ///< empty: the framework cannot go on
  std::map<std::string, std::string> values;
  std::map<std::string, std::string> environment;
  std::map<std::string, std::string> files;  ///< text by name, written into the job's folder before the start
  std::string layout;                ///< how the Datasets lie below {data}: YOLO, COCO, ClassFolders; empty: not at all
  std::vector<LossKind> allow_loss;  ///< of their conversion
  std::optional<WeightsFile> weights;
  FrameworkReading reading;

  static const Table<FrameworkRun>& fields();
};

}  // namespace visionops::contract
