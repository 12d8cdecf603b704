#include "worker/contract/run_result.h"

#include <algorithm>
#include <cmath>

#include "base/fields/field_table.h"
#include "base/json.h"

namespace visionops::contract {

const Table<ResultError>& ResultError::fields() {
  // Its own member is called field.
  static const Table<ResultError> table{
      visionops::field("class", &ResultError::failure_class, "Failure class.").required(),
      visionops::field("message", &ResultError::message, "What is wrong, with file and field."),
      visionops::field("file", &ResultError::file, "File."),
      visionops::field("field", &ResultError::field, "Field."),
      visionops::field("hint", &ResultError::hint, "The way out."),
  };
  return table;
}

const Table<ResultClassCount>& ResultClassCount::fields() {
  static const Table<ResultClassCount> table{
      field("name", &ResultClassCount::name, "Class.").required(),
      field("images", &ResultClassCount::images, "Images with it.").min(0),
      field("objects", &ResultClassCount::objects, "Objects of it.").min(0),
  };
  return table;
}

const Table<ResultFinding>& ResultFinding::fields() {
  static const Table<ResultFinding> table{
      field("kind", &ResultFinding::kind, "Kind of the finding.").required(),
      field("file", &ResultFinding::file, "File inside the dataset."),
      field("position", &ResultFinding::position, "Byte, line or path inside the file."),
      field("message", &ResultFinding::message, "For a person."),
  };
  return table;
}

const Table<DatasetFacts>& DatasetFacts::fields() {
  static const Table<DatasetFacts> table{
      field("digest", &DatasetFacts::digest, "Digest of the data files."),
      field("fingerprint", &DatasetFacts::fingerprint, "Of names, sizes and times of the data files."),
      field("images", &DatasetFacts::images, "Images.").min(0),
      field("annotations", &DatasetFacts::annotations, "Annotations.").min(0),
      field("classes", &DatasetFacts::classes, "Classes.").min(0),
      field("sizeBytes", &DatasetFacts::size_bytes, "Size of all files.").min(0),
      field("classCounts", &DatasetFacts::class_counts, "Per class, as many as fit."),
      field("fewestImages", &DatasetFacts::fewest_images, "The class that the fewest images have, of all classes."),
      field("problems", &DatasetFacts::problems, "Findings.").min(0),
      field("missingImages", &DatasetFacts::missing_images, "Images that are named but not there.").min(0),
      field("damagedImages", &DatasetFacts::damaged_images, "Images that do not decode.").min(0),
      field("problemsByKind", &DatasetFacts::problems_by_kind, "Findings by kind."),
      field("losses", &DatasetFacts::losses, "What could not be read, by kind of loss."),
      field("firstProblems", &DatasetFacts::first_problems, "The first findings."),
      field("report", &DatasetFacts::report, "Path of the report inside the store."),
      field("fileList", &DatasetFacts::file_list, "Path of the list of files inside the store."),
  };
  return table;
}

const Table<RemovalFacts>& RemovalFacts::fields() {
  static const Table<RemovalFacts> table{
      field("removed", &RemovalFacts::removed, "Files removed.").min(0),
      field("shared", &RemovalFacts::shared, "Files left because another Dataset has them too.").min(0),
      field("replaced", &RemovalFacts::replaced, "Files left because their bytes are others now.").min(0),
      field("unlisted", &RemovalFacts::unlisted, "Files left because they were never this Dataset's.").min(0),
      field("left", &RemovalFacts::left, "The first of the files that are left.").max_items(8),
      field("owners", &RemovalFacts::owners, "The first of the Datasets that share.").max_items(8),
      field("refused", &RemovalFacts::refused, "Why nothing was removed."),
  };
  return table;
}

const Table<PipelineFacts>& PipelineFacts::fields() {
  static const Table<PipelineFacts> table{
      field("imagesIn", &PipelineFacts::images_in, "Images of the sources.").min(0),
      field("imagesOut", &PipelineFacts::images_out, "Images written.").min(0),
      field("renamedImages", &PipelineFacts::renamed_images, "Images with another name than in the source.").min(0),
      field("skippedImages", &PipelineFacts::skipped_images, "Damaged or missing images.").min(0),
      field("loss", &PipelineFacts::loss, "What was lost with permission, by kind."),
      field("published", &PipelineFacts::published, "Whether this shard wrote the manifest."),
      field("reused", &PipelineFacts::reused, "Whether an equal version was there already."),
  };
  return table;
}

const Table<StoredCheckpoint>& StoredCheckpoint::fields() {
  static const Table<StoredCheckpoint> table{
      field("path", &StoredCheckpoint::path, "Path inside the checkpoint store.")
          .required()
          .min_length(1)
          .max_length(1024),
      field("sha256", &StoredCheckpoint::sha256, "Digest of the file as read back.")
          .required()
          .pattern("^[0-9a-f]{64}$", "must be 64 lower-case hex digits"),
      field("bytes", &StoredCheckpoint::bytes, "Size.").min(0),
      field("epoch", &StoredCheckpoint::epoch, "Epoch after which it was written.").min(0),
  };
  return table;
}

const Table<TrainFacts>& TrainFacts::fields() {
  static const Table<TrainFacts> table{
      field("epochs", &TrainFacts::epochs, "Epochs trained.").min(0),
      field("bestEpoch", &TrainFacts::best_epoch, "Epoch of the best model.").min(0),
      field("bestMetric", &TrainFacts::best_metric, "Metric that chose it."),
      field("bestValue", &TrainFacts::best_value, "Its value."),
      field("metrics", &TrainFacts::metrics, "Metrics of the evaluated best model.").max_properties(64),
      field("model", &TrainFacts::model, "The best checkpoint, verified in the store."),
      field("last", &TrainFacts::last, "The last checkpoint, verified in the store."),
      field("earlyStopped", &TrainFacts::early_stopped, "Whether early stopping ended the run."),
      field("resumedFromEpoch", &TrainFacts::resumed_from_epoch, "Epoch of the checkpoint it started from.").min(0),
      field("imageSize", &TrainFacts::image_size, "Side of the network's input in pixels.").min(0),
  };
  return table;
}

const Table<RunResult>& RunResult::fields() {
  static const Table<RunResult> table{
      field("error", &RunResult::error, "Why the run failed."),
      field("dataset", &RunResult::dataset, "Of the dataset inspected or written."),
      field("pipeline", &RunResult::pipeline, "Of a Pipeline."),
      field("train", &RunResult::train, "Of a training."),
      field("removal", &RunResult::removal, "Of the removal of files."),
      field("identity", &RunResult::identity, "Of the run that made it.").max_length(64),
  };
  return table;
}

namespace {

std::string text_of(const RunResult& result) { return dump_json(encode_fields(result)); }

/// Shortens `list` until the result fits or nothing is left; keeps the head, which is the useful part.
template <class X>
bool shrink(const RunResult& result, std::vector<X>& list) {
  while (text_of(result).size() > kMaxResultBytes) {
    if (list.empty()) return false;
    list.resize(list.size() / 2);
  }
  return true;
}

template <class X>
void keep_first(std::map<std::string, X>& map, std::size_t count) {
  while (map.size() > count) map.erase(std::prev(map.end()));
}

/// What only a person reads may be cut; digests and paths are facts and stay whole.
bool cut_messages(RunResult& result) {
  for (const std::size_t bytes : {512U, 256U, 128U, 64U, 32U}) {
    if (text_of(result).size() <= kMaxResultBytes) return true;
    if (!result.error) return false;
    for (auto* text : {&result.error->message, &result.error->hint, &result.error->file, &result.error->field}) {
      *text = cut_text(*text, bytes);
    }
  }
  return text_of(result).size() <= kMaxResultBytes;
}

bool cut_maps(RunResult& result) {
  for (const std::size_t count : {32U, 16U, 8U, 4U, 0U}) {
    if (text_of(result).size() <= kMaxResultBytes) return true;
    if (result.dataset) keep_first(result.dataset->problems_by_kind, count);
    if (result.pipeline) keep_first(result.pipeline->loss, count);
    if (result.train) keep_first(result.train->metrics, count);
  }
  return text_of(result).size() <= kMaxResultBytes;
}

void drop_non_finite_values(RunResult& result) {
  if (!result.train) return;
  if (!std::isfinite(result.train->best_value)) result.train->best_value = 0;
  std::erase_if(result.train->metrics, [](const auto& entry) { return !std::isfinite(entry.second); });
}

}  // namespace

std::optional<ResultClassCount> fewest_images_of(const std::vector<ResultClassCount>& counts) {
  const auto fewest = std::ranges::min_element(counts, {}, &ResultClassCount::images);
  return fewest == counts.end() ? std::nullopt : std::optional(*fewest);
}

void set_class_counts(DatasetFacts& facts, std::vector<ResultClassCount> counts) {
  facts.fewest_images = fewest_images_of(counts);
  facts.class_counts = std::move(counts);
}

ResultError error_result(FailureClass failure, const std::string& message, const std::string& field) {
  ResultError error;
  error.failure_class = enum_name(failure);
  error.message = message;
  error.field = field;
  error.hint = meaning_of(failure).hint;
  return error;
}

ResultError error_result(ExitCode code, const std::string& message, const std::string& field) {
  return error_result(failure_class_of(code).value_or(FailureClass::Internal), message, field);
}

std::string encode(const RunResult& result) {
  RunResult cut = result;
  drop_non_finite_values(cut);
  const bool fits = (cut.dataset && shrink(cut, cut.dataset->first_problems)) ||
                    (cut.dataset && shrink(cut, cut.dataset->class_counts)) || cut_messages(cut) || cut_maps(cut);
  if (fits) return text_of(cut);
  // Only facts of absurd length are left (a path or class of kilobytes): the error alone is told.
  RunResult last;
  last.identity = cut.identity;
  last.error = ResultError{.failure_class = cut.error ? cut_text(cut.error->failure_class, 64)
                                                      : std::string(enum_name(FailureClass::Internal)),
                           .message = cut.error ? cut.error->message : "the result does not fit into 4096 bytes",
                           .file = {},
                           .field = {},
                           .hint = {}};
  return text_of(last);
}

std::optional<RunResult> decode_run_result(const std::string& text) {
  if (text.empty() || text.size() > kMaxResultBytes) return std::nullopt;
  const auto json = parse_json(text);
  if (!json || !json->is_object()) return std::nullopt;
  const Json schema = RunResult::fields().schema();
  for (const auto& [key, value] : json->items()) {
    if (!schema["properties"].contains(key)) return std::nullopt;
  }
  // Inside, members of a newer worker are ignored: operator and worker images are updated one by one.
  Problems problems;
  RunResult result = decode_fields<RunResult>(prune_unknown(*json, schema), "", problems);
  if (!problems.empty()) return std::nullopt;
  return result;
}

}  // namespace visionops::contract
