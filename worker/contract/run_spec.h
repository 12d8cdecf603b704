// What the operator tells a worker Pod: JSON in the environment variable VISIONOPS_RUN.
// Paths are relative to a store; stores are mounted at $VISIONOPS_STORES/NAME (default /stores).
// The pod-local folder shared by worker and sidecar is $VISIONOPS_POD_DIR (default /visionops).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fields/fields.h"
#include "base/vocabulary.h"
#include "worker/contract/format.h"
#include "worker/contract/framework_run.h"
#include "worker/contract/manipulator_call.h"

namespace visionops::contract {

/// The resource that a run belongs to; telemetry and logs are keyed by it.
struct RunOwner {
  std::string kind;  ///< "Dataset", "Pipeline", "TrainingJob"
  std::string namespace_;
  std::string name;
  std::string uid;
  std::int64_t run = 0;
  std::int32_t attempt = 0;
  std::string identity = {};  ///< of the run (run_identity.h); empty: by hand, or begun by an earlier version

  static const Table<RunOwner>& fields();
};

struct DatasetLocation {
  std::string name;  ///< resource name, for messages and lineage
  std::string store;
  std::string path;
  Format format{"COCO"};
  Split split = Split::None;
  std::string version;
  std::string annotations = {};  ///< the file of annotations inside `path`; empty: as the layout says
  std::string image_root = {};   ///< the folder of its images inside `path`; empty: as the layout says
  std::string digest = {};       ///< of the pinned Dataset; empty when not yet known
  std::string fingerprint = {};  ///< of the listing that had this digest; empty: only the digest tells
  std::string uid = {};          ///< of the Dataset; empty: its own list of files is not known
  bool operator==(const DatasetLocation&) const = default;

  static const Table<DatasetLocation>& fields();
};

/// What is the platform's in a store; never part of a dataset.
inline constexpr const char* kPlatformFolder = ".visionops";
/// More overlapping folders than this do not fit into a run spec.
inline constexpr std::size_t kMaxKeptFolders = 128;

/// The platform's own folder of a Dataset, inside the store and apart from the data: its report and the list of its
/// files. `uid` must not be empty.
std::string own_folder(const std::string& uid);

struct InspectRun {
  DatasetLocation dataset;
  std::vector<Task> tasks;
  std::string report_path;  ///< where eda.json goes, inside the same store; empty: not written

  static const Table<InspectRun>& fields();
};

/// The folder of another Dataset of the same store name: what lies in it stays.
struct KeptFolder {
  std::string path;
  std::string dataset;    ///< for messages; empty: one of another namespace
  std::string file_list;  ///< not empty: it is another store of the same name unless this file is there

  static const Table<KeptFolder>& fields();
};

/// Removes the files of a Dataset whose deletionPolicy is Delete.
struct DeleteRun {
  DatasetLocation dataset;
  std::vector<KeptFolder> keep;

  static const Table<DeleteRun>& fields();
};

struct PipelineRunSource {
  DatasetLocation dataset;
  std::vector<ManipulatorCall> manipulators;

  static const Table<PipelineRunSource>& fields();
};

struct PipelineRun {
  std::vector<PipelineRunSource> sources;
  std::vector<ManipulatorCall> post_merge;
  DatasetLocation output;
  std::string output_group;
  DatasetType output_type = DatasetType::Processed;
  std::vector<Task> tasks;  ///< of the output; decide what a target format can keep
  std::vector<LossKind> allow_loss;
  ImageMode images = ImageMode::Copy;
  std::int64_t seed = 0;
  std::int32_t shards = 1;  ///< Pods; the shard index is $JOB_COMPLETION_INDEX

  static const Table<PipelineRun>& fields();
};

struct TrainRun {
  Task task = Task::Detection;
  std::string model;
  DatasetLocation train;
  std::optional<DatasetLocation> val;
  std::optional<DatasetLocation> test;  ///< measured once, with the best model; nothing is chosen by it
  std::int32_t epochs = 30;
  std::int32_t batch_size = 16;
  double learning_rate = 0.001;
  double weight_decay = 0.0001;
  double warmup_epochs = 1;
  std::int32_t image_size = 0;  ///< 0: the largest image side of the training set, rounded up to 32
  std::int64_t seed = 0;
  std::int32_t gpus = 0;
  FreeMap extra;
  std::string checkpoint_store;
  std::string checkpoint_path;  ///< folder of this run; the newest verified checkpoint in it is resumed
  std::int32_t checkpoint_every = 1;
  std::int32_t checkpoint_keep = 3;
  std::string resume_path;         ///< folder or file of another run to start from when this run has none yet
  std::string resume_digest = {};  ///< or "sha256:..." of a checkpoint of this namespace, see checkpoint_index.h
  std::string early_stopping_metric;
  bool early_stopping_max = true;
  std::int32_t early_stopping_patience = 0;  ///< 0: off
  double early_stopping_min_delta = 0;
  std::optional<FrameworkRun> framework = {};  ///< absent: the platform's own trainer

  static const Table<TrainRun>& fields();
};

struct RunSpec {
  RunOwner owner;
  std::optional<InspectRun> inspect;
  std::optional<DeleteRun> remove;
  std::optional<PipelineRun> pipeline;
  std::optional<TrainRun> train;

  static const Table<RunSpec>& fields();
};

/// Exactly one of the alternatives must be set; problems carry the field path.
RunSpec decode_run_spec(const std::string& json, Problems& problems);
std::string encode(const RunSpec& spec);

inline constexpr const char* kRunEnv = "VISIONOPS_RUN";
inline constexpr const char* kStoresEnv = "VISIONOPS_STORES";
inline constexpr const char* kPodDirEnv = "VISIONOPS_POD_DIR";
inline constexpr const char* kTerminationLogEnv = "VISIONOPS_TERMINATION_LOG";
inline constexpr const char* kTelemetryUrlEnv = "VISIONOPS_TELEMETRY_URL";
inline constexpr const char* kTelemetryTokenFileEnv = "VISIONOPS_TELEMETRY_TOKEN_FILE";
/// PEM of the authority that signed the endpoint's certificate; absent: the system's authorities.
inline constexpr const char* kTelemetryCaEnv = "VISIONOPS_TELEMETRY_CA";
inline constexpr const char* kPodNameEnv = "VISIONOPS_POD_NAME";
inline constexpr const char* kShardEnv = "JOB_COMPLETION_INDEX";

}  // namespace visionops::contract
