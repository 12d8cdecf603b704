#include "worker/pipeline/publish/label_writer.h"

#include <algorithm>
#include <utility>

#include "worker/pipeline/publish/put_file.h"

namespace visionops::pipeline {

LabelWriter::LabelWriter(const contract::PipelineRun& run, const Plan& plan,
                         const annotations::ImageTextFile& image_file, const SourceFolder& output)
    : plan_(plan),
      output_(output),
      image_file_(image_file),
      options_{run.tasks, run.output.split},
      by_image_(annotations::group_by_image(plan.annotations)),
      files_(plan.items.size()) {}

Status LabelWriter::write(const WrittenImage& image) {
  const auto path = image_file_.path_of(plan_.items[image.item].destination);
  auto stored =
      put_file(output_, path, image_file_.text_of(plan_.annotations, image.item, by_image_.of(image.item), options_));
  if (!stored) return stored.error().in(path);
  files_[image.item] = {path, stored->size, std::move(stored->sha256)};
  return {};
}

void LabelWriter::remove(const std::vector<SkippedImage>& images) {
  for (const auto& image : images) {
    const auto path = image_file_.path_of(plan_.items[image.item].destination);
    (void)output_.store->remove(path_in(output_.folder, path));
  }
}

std::vector<PartFile> LabelWriter::take_files() {
  std::erase_if(files_, [](const PartFile& file) { return file.path.empty(); });
  return std::exchange(files_, {});
}

}  // namespace visionops::pipeline
