// Label files that stand where other tools put them, and whose image is certain. PURE.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "worker/dataset/folder/layout.h"

namespace visionops::dataset_folder {

struct UnlabelledImage {
  std::uint32_t index = 0;  ///< into Annotations::images
  std::string path;
};

struct FoundLabels {
  UnlabelledImage image;
  const storage::FileInfo* file = nullptr;
};

/// The label files of images that have none where the format (`labels_folder`) has them, among `files`, which no image
/// has claimed. Tried in this order, and only where one image and one file meet:
///   the usual place in another case     Labels/A.TXT
///   with the image's suffix             labels/a.jpg.txt
///   beside the image                    images/a.txt, images/a.jpg.txt
///   by name, labels or images flat      images/train/a.jpg and labels/a.txt, images/a.jpg and labels/train/a.txt
/// The last is only tried for names that no other of `all_images` has; none are given when some images have labels in
/// the usual place: then what stands elsewhere is of something else.
std::vector<FoundLabels> find_misplaced_labels(std::vector<UnlabelledImage> images,
                                               std::vector<const storage::FileInfo*> files,
                                               const std::vector<std::string_view>& all_images,
                                               const std::string& labels_folder);

}  // namespace visionops::dataset_folder
