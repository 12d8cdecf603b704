// YOLO: data.yaml, and a text file of rows for each image.
#include "worker/dataset/formats/yolo/yolo.h"

#include "worker/dataset/formats/format.h"
#include "worker/dataset/formats/yolo/data_yaml.h"
#include "worker/dataset/formats/yolo/yolo_folder.h"

namespace visionops::formats {

namespace {

using annotations::Annotations;
using annotations::WriteOptions;

std::vector<bool> keeps(const Annotations& a, const std::vector<Task>& tasks) {
  const auto rows = annotations::yolo_rows(tasks);
  std::vector<bool> kept;
  kept.reserve(a.objects.size());
  for (const auto& object : a.objects) kept.push_back(annotations::is_written(annotations::yolo_fate(a, object, rows)));
  return kept;
}

std::vector<annotations::TextFile> dataset_files(const Annotations& a, const WriteOptions& options) {
  std::vector<std::string> names;
  for (const auto& category : a.categories) names.push_back(category.name);
  return {{"data.yaml", dataset_folder::write_data_yaml(names, options.split, annotations::yolo_rows(options.tasks))}};
}

std::string labels_of(const Annotations& a, std::uint32_t, std::span<const std::uint32_t> objects,
                      const WriteOptions& options) {
  return annotations::write_yolo_labels(a, objects, annotations::yolo_rows(options.tasks));
}

Annotations without_objects(const Annotations& a) {
  Annotations out;
  out.source_format = Format("YOLO");
  for (const auto& category : a.categories) {
    auto& copy = out.categories.emplace_back();
    copy.id = static_cast<std::int64_t>(out.categories.size()) - 1;
    copy.name = category.name;
  }
  out.images = a.images;
  for (auto& image : out.images) image.extra.clear();
  return out;
}

/// Every image goes through its label file and back, so that the result is what a reader of that file would see.
annotations::LossReport adopt(Annotations& a, const std::vector<Task>& tasks, annotations::Findings& findings) {
  auto lost = annotations::yolo_loss(a, tasks);
  Annotations out = without_objects(a);
  const auto rows = annotations::yolo_rows(tasks);
  const annotations::YoloRowRules as_written{.long_rows = annotations::LongRows::Polygons};
  const auto by_image = annotations::group_by_image(a);
  for (std::size_t i = 0; i < a.images.size(); ++i) {
    const auto text = annotations::write_yolo_labels(a, by_image.of(i), rows);
    annotations::read_yolo_labels(text, a.images[i].file_name, static_cast<std::uint32_t>(i), out, findings,
                                  as_written);
  }
  a = std::move(out);
  return lost;
}

constexpr annotations::ImageTextFile kLabels{.path_of = annotations::yolo_label_path, .text_of = labels_of};

}  // namespace

extern const AnnotationFormat yolo{
    .name = Format("YOLO"),
    .layout = "data.yaml and labels/",
    .loses = "Images, Objects, Masks, Crowd, Ignore, Attributes, Keypoints, MultiPart, Precision, Boxes, UnknownKeys",
    .reader =
        dataset_folder::FormatReader{
            .recognise = dataset_folder::recognise_yolo,
            .owns_file = dataset_folder::yolo_files,
            .load = dataset_folder::load_yolo,
            .label_files = true,
            .one_file = true,
            .parts = dataset_folder::yolo_parts,
        },
    .writer =
        annotations::FormatWriter{
            .loss = annotations::yolo_loss,
            .keeps = keeps,
            .needs_size = true,
            .dataset_files = dataset_files,
            .image_file = &kLabels,
            .remark = annotations::report_untrained_images,
            .adopt = adopt,
        },
};

}  // namespace visionops::formats
