// Dataset: one split and version of a dataset group, immutable once Ready.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "base/vocabulary.h"
#include "operator/api/column.h"
#include "operator/api/object_meta.h"
#include "operator/api/run_status.h"
#include "worker/contract/format.h"

namespace visionops::api {

/// Bounds that must hold before the Dataset becomes Ready; an absent bound is not checked.
struct QualityGate {
  std::optional<std::int64_t> max_missing_images;
  std::optional<std::int64_t> max_damaged_images;
  std::optional<std::int64_t> max_problems;
  std::optional<std::int64_t> min_images;
  std::optional<std::int64_t> min_images_per_class;
  bool operator==(const QualityGate&) const = default;

  static const Table<QualityGate>& fields();
};

struct DatasetSpec {
  std::string group;
  DatasetType type = DatasetType::Raw;
  Split split = Split::None;
  std::string version;  ///< "v1.0.0"
  ReadFormat format = Format("COCO");
  std::vector<Task> tasks;
  Modality modality = Modality::RGB;
  std::string store;
  std::string annotations;  ///< file inside path; empty: as the layout says
  std::string image_root;   ///< folder inside path; empty: as the layout says
  std::vector<LossKind> allow_loss;
  std::string path;  ///< empty: {type}/{group}/{split}/{version}, lower case
  std::string origin;
  std::string description;
  std::optional<QualityGate> quality_gate;
  DeletionPolicy deletion_policy = DeletionPolicy::Retain;
  std::string profile;  ///< of the administrator; empty: what all Pods have

  static const Table<DatasetSpec>& fields();
};

struct ClassCount {
  std::string name;
  std::int64_t images = 0;
  std::int64_t objects = 0;

  static const Table<ClassCount>& fields();
};

/// One finding of the health report, bounded to the first few per Dataset.
struct HealthFinding {
  std::string kind;      ///< "MissingImage", "DanglingCategory", ...
  std::string file;      ///< path inside the dataset
  std::string position;  ///< "byte 1234", "line 7", "annotations[12]"
  std::string message;

  static const Table<HealthFinding>& fields();
};

struct Health {
  std::int64_t problems = 0;
  std::int64_t missing_images = 0;
  std::int64_t damaged_images = 0;
  std::map<std::string, std::int64_t> by_kind;
  std::map<std::string, std::int64_t> losses;  ///< of them, what was left out, by LossKind
  std::vector<HealthFinding> first;            ///< at most 10

  static const Table<Health>& fields();
};

/// A Dataset as another resource pinned it: exactly which bytes were used.
struct PinnedDataset {
  std::string name;
  std::string uid;
  std::string group;
  Split split = Split::None;
  std::string version;
  Format format{"COCO"};
  std::string store;
  std::string path;
  std::string annotations;
  std::string image_root;
  std::string digest;
  bool operator==(const PinnedDataset&) const = default;

  static const Table<PinnedDataset>& fields();
};

struct Lineage {
  std::string pipeline;  ///< name of the Pipeline that made this Dataset; empty for registered data
  std::string pipeline_uid;
  std::int64_t run = 0;
  std::vector<PinnedDataset> parents;

  static const Table<Lineage>& fields();
};

struct ResolvedDataset {
  std::string store;
  std::string path;
  bool operator==(const ResolvedDataset&) const = default;

  static const Table<ResolvedDataset>& fields();
};

/// Succeeded: it may be used, and its files do not change any more.
struct DatasetStatus : RunStatus {
  std::optional<ResolvedDataset> resolved;
  std::string digest;       ///< "sha256:..." over the sorted list of files and their digests
  std::string fingerprint;  ///< "listing:..." over names, sizes and times of the files that have this digest
  std::string file_list;    ///< path inside the store of the list of those files; empty: not written
  std::int64_t images = 0;
  std::int64_t annotations = 0;
  std::int64_t classes = 0;
  std::int64_t size_bytes = 0;
  std::string size;                      ///< size_bytes for people
  std::vector<ClassCount> class_counts;  ///< the first 100 by name
  std::optional<Health> health;
  std::string report;  ///< path of eda.json inside the store, in the platform's folder
  std::optional<Lineage> lineage;

  static const Table<DatasetStatus>& fields();
};

struct Dataset {
  ObjectMeta meta;
  DatasetSpec spec;
  DatasetStatus status;
  Problems problems;  ///< what decoding refused; a Dataset with problems is Stalled, never dropped
  static constexpr ResourceKind kKind{
      "Dataset", "datasets", "vds",
      "Dataset is one split and version of a dataset group: files in a store, inspected, counted, digested, and "
      "unchanged once Ready.",
      /*ends=*/false};
  static std::span<const Column<Dataset>> columns();
};

/// Total: whatever is wrong stands in .problems. `json` is a whole Kubernetes object.
Dataset decode_dataset(const Json& json);
Json encode(const Dataset& dataset);
/// Cross-field rules beyond the table; the CRD states the same rules in CEL.
void validate(const DatasetSpec& spec, Problems& problems);
/// spec.path or its default, without leading or trailing slash.
std::string dataset_path(const DatasetSpec& spec);

}  // namespace visionops::api
