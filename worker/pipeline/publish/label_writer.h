// The text files beside the images, for formats that have those; each written right after its image.
#pragma once

#include <vector>

#include "base/result.h"
#include "worker/contract/run_spec.h"
#include "worker/dataset/model/annotations.h"
#include "worker/dataset/model/format_writer.h"
#include "worker/pipeline/materialise/materialise.h"
#include "worker/pipeline/plan/plan.h"
#include "worker/pipeline/publish/part.h"

namespace visionops::pipeline {

/// Threads that write images and labels in turns meet less often in one folder, which the kernel locks for every new
/// name. `plan` and `output` must outlive it.
class LabelWriter {
 public:
  LabelWriter(const contract::PipelineRun& run, const Plan& plan, const annotations::ImageTextFile& image_file,
              const SourceFolder& output);
  /// From any thread, once for each image.
  Status write(const WrittenImage& image);
  /// An earlier attempt may have written the labels of an image whose source went bad since.
  void remove(const std::vector<SkippedImage>& images);
  /// What was written, by image; when no write() is running any more. The object is empty afterwards.
  std::vector<PartFile> take_files();

 private:
  const Plan& plan_;
  const SourceFolder& output_;
  const annotations::ImageTextFile& image_file_;
  annotations::WriteOptions options_;
  annotations::ObjectsByImage by_image_;
  std::vector<PartFile> files_;  ///< by item of the plan; the path is "" where there is none
};

}  // namespace visionops::pipeline
