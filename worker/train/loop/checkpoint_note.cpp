#include "worker/train/loop/checkpoint_note.h"

#include "base/field_table.h"

namespace visionops::train {

std::string encode(const CheckpointNote& note) { return encode_fields(note).dump(); }

Result<CheckpointNote> decode_checkpoint_note(const std::string& text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  Problems problems;
  auto note = decode_fields<CheckpointNote>(json, "note", problems);
  if (!problems.empty()) return invalid_error("not a checkpoint of this trainer: " + describe(problems));
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

const Table<LossValues>& LossValues::fields() {
  using L = LossValues;
  static const Table<L> table{
      field("total", &L::total, "Sum over the steps."),    field("heatmap", &L::heatmap, "Sum over the steps."),
      field("size", &L::size, "Sum over the steps."),      field("offset", &L::offset, "Sum over the steps."),
      field("steps", &L::steps, "How many steps.").min(0),
  };
  return table;
}

const Table<DetectorDesign>& DetectorDesign::fields() {
  using D = DetectorDesign;
  static const Table<D> table{
      field("model", &D::model, "Name of the network.").required(),
      field("width", &D::width, "Channels at stride 4.").required().range(1, 4096),
      field("side", &D::side, "Of the square input.").unit("pixels").required().range(1, 65536),
      field("categories", &D::categories, "Names in the order of the heatmaps.").required(),
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
      field("design", &N::design, "The network.").required(),
      field("batchSize", &N::batch_size, "Images a step.").required().min(1),
      field("seed", &N::seed, "Of weights, order and augmentation."),
      field("madeOf", &N::made_of, "Digest of data, network and settings.").max_length(64),
      field("finished", &N::finished, "The last epoch of its run."),
      field("progress", &N::progress, "Where the loop stands.").required(),
  };
  return table;
}

}  // namespace visionops::train
