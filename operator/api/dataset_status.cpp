// What the operator reports about a Dataset.
#include "base/fields/field_table.h"
#include "operator/api/dataset.h"

namespace visionops::api {

const Table<ClassCount>& ClassCount::fields() {
  static const auto table =
      Table<ClassCount>{
          field("name", &ClassCount::name, "Name of the class.").required(),
          field("images", &ClassCount::images, "Images in which it occurs."),
          field("objects", &ClassCount::objects, "Annotations of it."),
      }
          .reported();
  return table;
}

const Table<HealthFinding>& HealthFinding::fields() {
  static const auto table =
      Table<HealthFinding>{
          field("kind", &HealthFinding::kind, "Kind of the finding, for example MissingImage.").required(),
          field("file", &HealthFinding::file, "File inside the dataset."),
          field("position", &HealthFinding::position, "Byte, line or list index inside the file."),
          field("message", &HealthFinding::message, "What is wrong, for a person."),
      }
          .reported();
  return table;
}

const Table<Health>& Health::fields() {
  static const auto table =
      Table<Health>{
          field("problems", &Health::problems, "All findings of the inspection.").always(),
          field("missingImages", &Health::missing_images, "Images that are named but not there."),
          field("damagedImages", &Health::damaged_images, "Images that do not decode."),
          field("byKind", &Health::by_kind, "Number of findings by kind."),
          field("losses", &Health::losses, "Of them, what could not be read, by kind of loss; see spec.allowLoss."),
          field("first", &Health::first, "The first findings; the report in the store has all.").max_items(10),
      }
          .reported();
  return table;
}

const Table<PinnedDataset>& PinnedDataset::fields() {
  static const auto table =
      Table<PinnedDataset>{
          field("name", &PinnedDataset::name, "Name of the Dataset.").required(),
          field("uid", &PinnedDataset::uid, "Uid of the Dataset."),
          field("group", &PinnedDataset::group, "Its group."),
          field("split", &PinnedDataset::split, "Its split.").always(),
          field("version", &PinnedDataset::version, "Its version."),
          field("format", &PinnedDataset::format, "Its annotation format.").always(),
          field("store", &PinnedDataset::store, "Its store."),
          field("path", &PinnedDataset::path, "Its folder inside the store."),
          field("annotations", &PinnedDataset::annotations, "Its file of annotations inside the folder, when chosen."),
          field("imageRoot", &PinnedDataset::image_root, "Its folder of images inside the folder, when chosen."),
          field("digest", &PinnedDataset::digest, "Digest of the files at the time of pinning."),
      }
          .reported();
  return table;
}

const Table<Lineage>& Lineage::fields() {
  static const auto table =
      Table<Lineage>{
          field("pipeline", &Lineage::pipeline, "Pipeline that made this Dataset."),
          field("pipelineUid", &Lineage::pipeline_uid, "Uid of that Pipeline."),
          field("run", &Lineage::run, "Run of that Pipeline."),
          field("parents", &Lineage::parents, "Datasets that it was made from, with their digests."),
      }
          .reported();
  return table;
}

const Table<ResolvedDataset>& ResolvedDataset::fields() {
  static const auto table =
      Table<ResolvedDataset>{
          field("store", &ResolvedDataset::store, "Store that is read."),
          field("path", &ResolvedDataset::path, "Folder that is read."),
      }
          .reported();
  return table;
}

const Table<DatasetStatus>& DatasetStatus::fields() {
  static const auto table =
      Table<DatasetStatus>{
          field("resolved", &DatasetStatus::resolved, "What the spec's defaults resolved to."),
          field("digest", &DatasetStatus::digest,
                "Digest of all data files: sha256 over the sorted list of paths, sizes and digests."),
          field("fingerprint", &DatasetStatus::fingerprint,
                "Fingerprint of the names, sizes and times of the files with this digest. Where it still holds, a use "
                "of the Dataset need not read the files to know that they are the same."),
          field("fileList", &DatasetStatus::file_list,
                "Path inside the store of the list of the files with this digest: what deletionPolicy Delete may "
                "remove."),
          field("images", &DatasetStatus::images, "Number of images."),
          field("annotations", &DatasetStatus::annotations, "Number of annotations."),
          field("classes", &DatasetStatus::classes, "Number of classes."),
          field("sizeBytes", &DatasetStatus::size_bytes, "Size of all files.").unit("bytes"),
          field("size", &DatasetStatus::size, "Size of all files for people."),
          field("classCounts", &DatasetStatus::class_counts, "Counts of the first 100 classes by name.").max_items(100),
          field("health", &DatasetStatus::health, "What the inspection found."),
          field("report", &DatasetStatus::report, "Path of the full report (eda.json) inside the store."),
          field("lineage", &DatasetStatus::lineage, "What the Dataset was made from and by which Pipeline."),
      }
          .extends(RunStatus::fields())
          .reported();
  return table;
}

std::span<const Column<Dataset>> Dataset::columns() {
  static constexpr Column<Dataset> kColumns[] = {
      {"Type", "string", ".spec.type", "How far the data are processed.",
       [](const Dataset& d) { return std::string(enum_name(d.spec.type)); }},
      {"Version", "string", ".spec.version", "Version of the group and split.",
       [](const Dataset& d) { return or_dash(d.spec.version); }},
      {"Images", "integer", ".status.images", "Number of images.",
       [](const Dataset& d) { return std::to_string(d.status.images); }},
      {"Classes", "integer", ".status.classes", "Number of classes.",
       [](const Dataset& d) { return std::to_string(d.status.classes); }},
      {"Size", "string", ".status.size", "Size of all files.", [](const Dataset& d) { return or_dash(d.status.size); }},
      {"Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status", "Whether it may be used.",
       [](const Dataset& d) {
         const auto* ready = find_condition(d.status.conditions, condition::kReady);
         return std::string(enum_name(ready ? ready->status : ConditionStatus::Unknown));
       }},
      {"Group", "string", ".spec.group", "Logical bundle.", nullptr, true},
      {"Split", "string", ".spec.split", "Role in training.", nullptr, true},
      {"Pipeline", "string", ".status.lineage.pipeline", "Pipeline that made it.", nullptr, true},
      {"Format", "string", "", "", [](const Dataset& d) { return std::string(d.spec.format.name()); }, true},
      {"Digest", "string", "", "", [](const Dataset& d) { return or_dash(d.status.digest.substr(0, 19)); }, true}};
  return kColumns;
}

}  // namespace visionops::api
