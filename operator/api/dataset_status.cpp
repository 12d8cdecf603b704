// What the operator reports about a Dataset.
#include "base/field_table.h"
#include "operator/api/dataset.h"
#include "worker/contract/format_codec.h"

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
          field("observedGeneration", &DatasetStatus::observed_generation,
                "metadata.generation of the spec that this status tells of."),
          field("phase", &DatasetStatus::phase,
                "Pending: waiting to be inspected. Processing: being inspected. Ready: may be used, its files do not "
                "change any more. Error: see message and conditions.")
              .always(),
          field("conditions", &DatasetStatus::conditions,
                "Ready, Reconciling, Stalled, SourceReachable and QualityGate, each with reason and message.")
              .max_items(16)
              .map_by("type"),
          field("message", &DatasetStatus::message, "Where things stand, for a person."),
          field("specHash", &DatasetStatus::spec_hash, "Hash of the spec that was inspected."),
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
          field("run", &DatasetStatus::run, "Number of the current run; a changed spec is a new run."),
          field("attempt", &DatasetStatus::attempt, "Inspections started in this run, retries included."),
          field("countedFailures", &DatasetStatus::counted_failures, "Inspections that failed and count as a retry."),
          field("retryAt", &DatasetStatus::retry_at, "When the next inspection may start."),
      }
          .reported();
  return table;
}

}  // namespace visionops::api
