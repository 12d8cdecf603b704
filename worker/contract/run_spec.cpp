#include "worker/contract/run_spec.h"

#include "base/fields/field_table.h"

namespace visionops::contract {

namespace {
// Wide bounds: the operator has validated names and paths; here they only keep a forged spec small.
constexpr std::size_t kName = 253;
constexpr std::size_t kPath = 512;
constexpr std::size_t kSteps = 64;
}  // namespace

const Table<RunOwner>& RunOwner::fields() {
  static const Table<RunOwner> table{
      field("kind", &RunOwner::kind, "Kind of the resource.").required().max_length(32),
      field("namespace", &RunOwner::namespace_, "Its namespace.").max_length(kName),
      field("name", &RunOwner::name, "Its name.").required().min_length(1).max_length(kName),
      field("uid", &RunOwner::uid, "Its uid.").max_length(64),
      field("run", &RunOwner::run, "Number of the run, counted up with each change of the spec.").min(0),
      field("attempt", &RunOwner::attempt, "Number of the attempt within the run.").min(0),
      field("identity", &RunOwner::identity, "Digest of uid, run, spec and pinned inputs: whose its results are.")
          .max_length(64),
  };
  return table;
}

const Table<DatasetLocation>& DatasetLocation::fields() {
  static const Table<DatasetLocation> table{
      field("name", &DatasetLocation::name, "Name of the Dataset resource.").max_length(kName),
      field("store", &DatasetLocation::store, "Store that holds it.").required().min_length(1).max_length(63),
      field("path", &DatasetLocation::path, "Folder inside the store.").required().min_length(1).max_length(kPath),
      field("format", &DatasetLocation::format, "Annotation format.").always(),
      field("split", &DatasetLocation::split, "Split."),
      field("version", &DatasetLocation::version, "Version.").max_length(63),
      field("annotations", &DatasetLocation::annotations, "File of annotations inside the folder.").max_length(kPath),
      field("imageRoot", &DatasetLocation::image_root, "Folder of the images inside the folder.").max_length(kPath),
      field("digest", &DatasetLocation::digest, "Digest of the pinned files; absent when not yet known.")
          .max_length(80),
      field("fingerprint", &DatasetLocation::fingerprint, "Fingerprint of the listing that had this digest.")
          .max_length(80),
      field("uid", &DatasetLocation::uid, "Uid of the Dataset resource.").max_length(64),
  };
  return table;
}

const Table<KeptFolder>& KeptFolder::fields() {
  static const Table<KeptFolder> table{
      field("path", &KeptFolder::path, "Folder inside the store.").required().min_length(1).max_length(kPath),
      field("dataset", &KeptFolder::dataset, "Whose it is.").max_length(kName),
      field("fileList", &KeptFolder::file_list, "Counts only where this file is.").max_length(kPath),
  };
  return table;
}

const Table<InspectRun>& InspectRun::fields() {
  static const Table<InspectRun> table{
      field("dataset", &InspectRun::dataset, "What to inspect.").required(),
      field("tasks", &InspectRun::tasks, "Tasks the Dataset is meant for.").max_items(8),
      field("reportPath", &InspectRun::report_path, "Where the report goes, inside the same store.").max_length(kPath),
  };
  return table;
}

const Table<DeleteRun>& DeleteRun::fields() {
  static const Table<DeleteRun> table{
      field("dataset", &DeleteRun::dataset, "Whose files to remove.").required(),
      field("keep", &DeleteRun::keep, "Folders of other Datasets.").max_items(kMaxKeptFolders),
  };
  return table;
}

const Table<PipelineRunSource>& PipelineRunSource::fields() {
  static const Table<PipelineRunSource> table{
      field("dataset", &PipelineRunSource::dataset, "What to read.").required(),
      field("manipulators", &PipelineRunSource::manipulators, "Steps for this source, in order.").max_items(kSteps),
  };
  return table;
}

const Table<PipelineRun>& PipelineRun::fields() {
  static const Table<PipelineRun> table{
      field("sources", &PipelineRun::sources, "Sources in order.").required().min_items(1).max_items(64),
      field("postMerge", &PipelineRun::post_merge, "Steps after the merge, in order.").max_items(kSteps),
      field("output", &PipelineRun::output, "Where the result goes.").required(),
      field("outputGroup", &PipelineRun::output_group, "Group of the result.").max_length(63),
      field("outputType", &PipelineRun::output_type, "Type of the result.").always(),
      field("tasks", &PipelineRun::tasks, "Tasks of the result; decide what its format can keep.").max_items(6),
      field("allowLoss", &PipelineRun::allow_loss, "Losses that do not stop the run.")
          .max_items(names_of(LossKind{}).size()),
      field("images", &PipelineRun::images, "How unchanged images get into the output.").always(),
      field("seed", &PipelineRun::seed, "Seed of every random choice.").always(),
      field("shards", &PipelineRun::shards, "Number of Pods that share the plan.").always().range(1, 1024),
  };
  return table;
}

const Table<TrainRun>& TrainRun::fields() {
  static const Table<TrainRun> table{
      field("task", &TrainRun::task, "What the model learns.").always(),
      field("model", &TrainRun::model, "Name of the model.").required().min_length(1).max_length(128),
      field("train", &TrainRun::train, "Training set.").required(),
      field("val", &TrainRun::val, "Validation set."),
      field("test", &TrainRun::test, "Set that the best model is measured on in the end."),
      field("epochs", &TrainRun::epochs, "Passes over the training set.").always().range(1, 100000),
      field("batchSize", &TrainRun::batch_size, "Images per step.").always().range(1, 65536),
      field("learningRate", &TrainRun::learning_rate, "Peak learning rate.").always().range(0, 1000),
      field("weightDecay", &TrainRun::weight_decay, "Weight decay.").always().range(0, 1000),
      field("warmupEpochs", &TrainRun::warmup_epochs, "Epochs of linear warm-up.").always().range(0, 100000),
      field("imageSize", &TrainRun::image_size, "Longer side in pixels; 0 is taken from the data.").range(0, 16384),
      field("seed", &TrainRun::seed, "Seed of every random choice.").always(),
      field("gpus", &TrainRun::gpus, "GPUs of this node.").range(0, 64),
      field("extra", &TrainRun::extra, "Free map for the runtime."),
      field("checkpointStore", &TrainRun::checkpoint_store, "Store of the checkpoints.").max_length(63),
      field("checkpointPath", &TrainRun::checkpoint_path, "Folder of this run inside the store.").max_length(kPath),
      field("checkpointEvery", &TrainRun::checkpoint_every, "Epochs between checkpoints.").always().range(1, 100000),
      field("checkpointKeep", &TrainRun::checkpoint_keep, "Checkpoints kept beside best and last.")
          .always()
          .range(1, 1000),
      field("resumePath", &TrainRun::resume_path, "Folder or file of another run to start from.").max_length(kPath),
      field("resumeDigest", &TrainRun::resume_digest, "Digest of another run's checkpoint to start from.")
          .max_length(71),
      field("earlyStoppingMetric", &TrainRun::early_stopping_metric, "Metric that is watched.").max_length(64),
      field("earlyStoppingMax", &TrainRun::early_stopping_max, "Whether larger is better."),
      field("earlyStoppingPatience", &TrainRun::early_stopping_patience, "Epochs without improvement; 0 is off.")
          .range(0, 100000),
      field("earlyStoppingMinDelta", &TrainRun::early_stopping_min_delta, "What counts as improvement.").min(0),
      field("framework", &TrainRun::framework, "How a framework trains it; absent: the platform's own trainer."),
  };
  return table;
}

const Table<RunSpec>& RunSpec::fields() {
  static const Table<RunSpec> table{
      field("owner", &RunSpec::owner, "The resource that the run belongs to.").required(),
      field("inspect", &RunSpec::inspect, "Inspect a dataset."),
      field("remove", &RunSpec::remove, "Remove the files of a dataset."),
      field("pipeline", &RunSpec::pipeline, "Make a dataset."),
      field("train", &RunSpec::train, "Train a model."),
  };
  return table;
}

RunSpec decode_run_spec(const std::string& json, Problems& problems) {
  RunSpec spec = decode_text<RunSpec>(json, "", problems);
  const int set = int{spec.inspect.has_value()} + int{spec.remove.has_value()} + int{spec.pipeline.has_value()} +
                  int{spec.train.has_value()};
  if (set != 1) {
    add_unless_covered({"", "needs exactly one of inspect, remove, pipeline, train; found " + std::to_string(set)},
                       problems);
  }
  return spec;
}

std::string own_folder(const std::string& uid) { return std::string(kPlatformFolder) + "/datasets/" + uid; }

std::string encode(const RunSpec& spec) { return encode_text(spec); }

}  // namespace visionops::contract
