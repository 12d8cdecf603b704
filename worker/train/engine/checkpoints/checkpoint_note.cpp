#include "worker/train/engine/checkpoints/checkpoint_note.h"

#include "base/fields/field_table.h"
#include "base/json.h"

namespace visionops::train {

namespace {
constexpr const char* kDesign = "design";  // by hand: a tree of the task's own
}

std::string encode(const CheckpointNote& note) {
  Json json = encode_fields(note);
  auto design = parse_json(note.design);
  json[kDesign] = design ? *std::move(design) : Json();
  return json.dump();
}

Result<CheckpointNote> decode_checkpoint_note(const std::string& text) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  Problems problems;
  std::string design;
  if (json.is_object() && json.contains(kDesign)) {
    design = dump_json(json[kDesign]);
    json.erase(kDesign);
  } else {
    problems.push_back({"note.design", "is required"});
  }
  auto note = decode_fields<CheckpointNote>(json, "note", problems);
  if (!problems.empty()) return invalid_error("not a checkpoint of this trainer: " + describe(problems));
  note.design = std::move(design);
  return note;
}

const Table<BestEpoch>& BestEpoch::fields() {
  using B = BestEpoch;
  static const Table<B> table{
      field("epoch", &B::epoch, "The best epoch, from 1; 0: none yet.").min(0),
      field("value", &B::value, "Its metric."),
      field("patienceEpoch", &B::patience_epoch, "When the patience was last renewed.").min(0),
      field("patienceValue", &B::patience_value, "The metric then."),
  };
  return table;
}

const Table<TrainProgress>& TrainProgress::fields() {
  using P = TrainProgress;
  static const Table<P> table{
      field("epoch", &P::epoch, "Whole epochs done.").always().min(0),
      field("stepInEpoch", &P::step_in_epoch, "Steps of the next epoch done.").min(0),
      field("learningRateFactor", &P::learning_rate_factor, "0.5 after a divergence.").range(0, 1),
      field("best", &P::best, "The best epoch so far."),
      field("bestMetrics", &P::best_metrics, "Its metrics."),
      field("losses", &P::losses, "Of the steps of the next epoch."),
  };
  return table;
}

const Table<CheckpointNote>& CheckpointNote::fields() {
  using N = CheckpointNote;
  static const Table<N> table{
      field("schema", &N::schema, "Of this note.").required().range(1, 1),
      field("batchSize", &N::batch_size, "Images a step.").required().min(1),
      field("seed", &N::seed, "Of weights, order and augmentation."),
      field("madeOf", &N::made_of, "Digest of data, network and settings.").max_length(64),
      field("finished", &N::finished, "The last epoch of its run."),
      field("progress", &N::progress, "Where the loop stands.").required(),
  };
  return table;
}

}  // namespace visionops::train
