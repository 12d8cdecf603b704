// What a reader makes of a dataset folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "worker/dataset/folder/digest.h"
#include "worker/dataset/images/image_header.h"
#include "worker/dataset/model/annotations.h"

namespace visionops::dataset_folder {

/// Largest annotation file that is read.
inline constexpr std::int64_t kMaxAnnotationBytes = 8LL << 30;

/// An image and the header of its file.
struct HeaderOf {
  std::size_t image = 0;  ///< index into the images
  annotations::ImageHeader header;
};

struct LoadedDataset {
  /// Image.path is relative to the dataset folder: where the file is, or should be when it is missing.
  annotations::Annotations annotations;
  Format format = Format::None;
  std::vector<std::string> annotation_files;  ///< inside the dataset folder; YOLO: the YAML file
  std::vector<std::int64_t> image_bytes;      ///< size of each image's file, -1 when missing
  /// Of a reader that takes all sizes from the files: the headers that say more than a size. nullopt: the sizes are
  /// those of the annotations, where they give any.
  std::optional<std::vector<HeaderOf>> headers;
  std::vector<DataFile> checked_files;  ///< digests of the images that check_images has read
};

}  // namespace visionops::dataset_folder
