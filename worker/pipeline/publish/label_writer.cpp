#include "worker/pipeline/publish/label_writer.h"

#include <algorithm>
#include <utility>

#include "worker/pipeline/publish/put_file.h"

namespace visionops::pipeline {

LabelWriter::LabelWriter(const contract::PipelineRun& run, const Plan& plan, const SourceFolder& output)
    : plan_(plan),
      output_(output),
      rows_(annotations::yolo_rows(run.tasks)),
      by_image_(annotations::group_by_image(plan.annotations)),
      files_(plan.items.size()) {}

Status LabelWriter::write(const WrittenImage& image) {
  const auto path = annotations::yolo_label_path(plan_.items[image.item].destination);
  auto stored =
      put_file(output_, path, annotations::write_yolo_labels(plan_.annotations, by_image_.of(image.item), rows_));
  if (!stored) return stored.error().in(path);
  files_[image.item] = {path, stored->size, std::move(stored->sha256)};
  return {};
}

void LabelWriter::remove(const std::vector<SkippedImage>& images) {
  for (const auto& image : images) {
    const auto path = annotations::yolo_label_path(plan_.items[image.item].destination);
    (void)output_.store->remove(path_in(output_.folder, path));
  }
}

std::vector<PartFile> LabelWriter::take_files() {
  std::erase_if(files_, [](const PartFile& file) { return file.path.empty(); });
  return std::exchange(files_, {});
}

}  // namespace visionops::pipeline
