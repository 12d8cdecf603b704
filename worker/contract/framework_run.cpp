#include "worker/contract/framework_run.h"

#include "base/fields/field_table.h"

namespace visionops::contract {

namespace {
constexpr std::size_t kExpression = 1024;
constexpr std::size_t kPath = 512;
constexpr std::size_t kWord = 64;
constexpr std::size_t kRules = 64;
constexpr std::size_t kText = 4096;
}  // namespace

const Table<LogRule>& LogRule::fields() {
  static const Table<LogRule> table{
      field("match", &LogRule::match, "RE2 expression over a line; its groups epoch, epochs, step, steps and metrics.")
          .required()
          .min_length(1)
          .max_length(kExpression),
      field("pairs", &LogRule::pairs, "RE2 expression with the groups name and value, over what follows the match.")
          .max_length(kExpression),
      field("prefix", &LogRule::prefix, "Put before the names of its metrics.").max_length(kWord),
      field("firstEpoch", &LogRule::first_epoch, "What the framework calls its first epoch.").range(0, 1),
  };
  return table;
}

const Table<MetricFile>& MetricFile::fields() {
  static const Table<MetricFile> table{
      field("path", &MetricFile::path, "Below the job's folder; * stands for any text within one name.")
          .required()
          .min_length(1)
          .max_length(kPath),
      field("format", &MetricFile::format, "How it is read.").required().max_length(kWord),
      field("firstEpoch", &MetricFile::first_epoch, "What the framework calls its first epoch.").range(0, 1),
  };
  return table;
}

const Table<CheckpointRule>& CheckpointRule::fields() {
  static const Table<CheckpointRule> table{
      field("path", &CheckpointRule::path, "Below the job's folder; * stands for any text within one name.")
          .required()
          .min_length(1)
          .max_length(kPath),
      field("completeBy", &CheckpointRule::complete_by, "The path is a folder, and this file of it is written last.")
          .max_length(kPath),
      field("epoch", &CheckpointRule::epoch, "RE2 expression over the path with the group epoch or step.")
          .max_length(kExpression),
      field("firstEpoch", &CheckpointRule::first_epoch, "What the framework calls its first epoch.").range(0, 1),
      field("best", &CheckpointRule::best, "The framework's own choice of the best model."),
      field("resumable", &CheckpointRule::resumable, "Whether it holds what a resume needs.").always(),
  };
  return table;
}

const Table<FailureRule>& FailureRule::fields() {
  static const Table<FailureRule> table{
      field("match", &FailureRule::match, "RE2 expression over a line.")
          .required()
          .min_length(1)
          .max_length(kExpression),
      field("class", &FailureRule::failure_class, "The failure class.").required().max_length(kWord),
      field("hint", &FailureRule::hint, "The way out; absent: that of the class.").max_length(kText),
  };
  return table;
}

const Table<FrameworkReading>& FrameworkReading::fields() {
  static const Table<FrameworkReading> table{
      field("logFormats", &FrameworkReading::log_formats, "Log formats, tried in this order.").max_items(kRules),
      field("logRules", &FrameworkReading::log_rules, "Lines of the log that tell something.").max_items(kRules),
      field("metricFiles", &FrameworkReading::metric_files, "Files of metrics.").max_items(kRules),
      field("checkpoints", &FrameworkReading::checkpoints, "Files that are checkpoints.").max_items(kRules),
      field("failures", &FrameworkReading::failures, "Lines that tell why a run failed.").max_items(kRules),
      field("finished", &FrameworkReading::finished, "RE2 expression over a line that only a whole run says.")
          .max_length(kExpression),
  };
  return table;
}

const Table<WeightsFile>& WeightsFile::fields() {
  static const Table<WeightsFile> table{
      field("store", &WeightsFile::store, "Store that holds it.").required().min_length(1).max_length(63),
      field("path", &WeightsFile::path, "Path inside the store.").required().min_length(1).max_length(kPath),
      field("sha256", &WeightsFile::sha256, "Its digest.").pattern("^[0-9a-f]{64}$", "must be 64 hexadecimal digits"),
  };
  return table;
}

const Table<FrameworkRun>& FrameworkRun::fields() {
  static const Table<FrameworkRun> table{
      field("runtime", &FrameworkRun::runtime, "Name of the runtime.").required().max_length(63),
      field("command", &FrameworkRun::command, "The command; {NAME} is filled in.")
          .required()
          .min_items(1)
          .max_items(256),
      field("resumeCommand", &FrameworkRun::resume_command, "The command that goes on from {checkpoint}.")
          .max_items(256),
      field("values", &FrameworkRun::values, "What {NAME} stands for.").max_properties(256),
      field("environment", &FrameworkRun::environment, "Variables of the command.").max_properties(256),
      field("files", &FrameworkRun::files, "Files of the job's folder.").max_properties(16),
      field("layout", &FrameworkRun::layout, "How the Datasets are laid out.").max_length(kWord),
      field("allowLoss", &FrameworkRun::allow_loss, "Losses of that conversion that do not stop the run.")
          .max_items(names_of(LossKind{}).size()),
      field("weights", &FrameworkRun::weights, "Model file to start from."),
      field("reading", &FrameworkRun::reading, "How its words are read.").always(),
  };
  return table;
}

}  // namespace visionops::contract
