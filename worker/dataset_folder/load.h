// A dataset folder in one of its usual layouts -> annotations with checked paths and known sizes.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/vocabulary.h"
#include "worker/annotations/annotations.h"
#include "worker/storage/storage_client.h"

namespace visionops::dataset_folder {

/// Largest annotation file that is read.
inline constexpr std::int64_t kMaxAnnotationBytes = 8LL << 30;

struct LoadedDataset {
  /// Image.path is relative to the dataset folder; "" when the image file is missing (MissingImage) .
  annotations::Annotations annotations;
  std::vector<std::string> annotation_files;  ///< inside the dataset folder
  std::vector<std::int64_t> image_bytes;      ///< size of each image's file, -1 when missing
};

struct LoadOptions {
  /// Look at the end of every JPEG too (DamagedImage for a truncated one); inspect does, a conversion
  /// leaves it to the step that reads the image anyway.
  bool check_images = false;
  unsigned threads = 0;  ///< 0: all cores
};

/// `folder` is relative to the store ("" for its root). Findings name files inside the folder. Sizes that the
/// annotations do not give are read from the image headers; no image is decoded. Errors: NotFound when
/// the folder or its annotation file is missing, Invalid for what cannot be understood.
Result<LoadedDataset> load_dataset(storage::StorageClient& store, const std::string& folder, Format format,
                                   annotations::Findings& findings, const LoadOptions& options = {});

/// The format of the layout found in `folder`: COCO for annotation.json or annotations/*.json, YOLO for data.yaml.
Result<Format> detect_format(storage::StorageClient& store, const std::string& folder);

}  // namespace visionops::dataset_folder
