// COCO: one JSON file for the dataset. It keeps everything that the model holds.
#include "worker/dataset/formats/coco/coco.h"

#include "worker/dataset/formats/coco/coco_folder.h"
#include "worker/dataset/formats/coco/coco_mask.h"
#include "worker/dataset/formats/format.h"

namespace visionops::formats {

namespace {

using annotations::Annotations;

dataset_folder::OwnsFile owns_file(const dataset_folder::FolderListing& listing) {
  const auto file = dataset_folder::find_coco_file(listing);
  return [own = file ? *file : std::string()](std::string_view path) {
    if (path == own) return true;
    return path.ends_with(".json") && (dataset_folder::in_root(path) || path.starts_with("annotations/"));
  };
}

annotations::LossReport loss(const Annotations&, const std::vector<Task>&) { return {}; }

std::vector<annotations::TextFile> dataset_files(const Annotations& a, const annotations::WriteOptions&) {
  return {{"annotation.json", annotations::write_coco(a)}};
}

/// Ids from 1, areas, crowd flags. Nothing is lost.
annotations::LossReport adopt(Annotations& a, const std::vector<Task>&, annotations::Findings&) {
  // From 1: evaluation tools take the annotation id 0 for "unmatched" (cocoapi PR #332).
  std::int64_t id = 0;
  for (auto& category : a.categories) category.id = ++id;
  id = 0;
  for (auto& image : a.images) image.id = ++id;
  id = 0;
  for (auto& object : a.objects) {
    object.id = ++id;
    object.has_crowd = true;
    if (object.has_area) continue;
    const auto area = annotations::area_of(a, object);
    object.has_area = area.has_value();
    object.area = area.value_or(0);
  }
  a.source_format = Format("COCO");
  return {};
}

}  // namespace

extern const AnnotationFormat coco{
    .name = Format("COCO"),
    .layout = "annotation.json or annotations/*.json",
    .reader =
        dataset_folder::FormatReader{
            .recognise = dataset_folder::recognise_coco,
            .owns_file = owns_file,
            .load = dataset_folder::load_coco,
            .label_files = false,
            .one_file = true,
            .parts = dataset_folder::coco_parts,
        },
    .writer =
        annotations::FormatWriter{
            .loss = loss,
            .keeps = annotations::keeps_all,
            .needs_size = false,
            .dataset_files = dataset_files,
            .adopt = adopt,
        },
};

}  // namespace visionops::formats
