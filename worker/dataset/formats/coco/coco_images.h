// Which file each image of a COCO file is. PURE: works on the list of files.
#pragma once

#include <string>
#include <vector>

#include "worker/dataset/folder/layout.h"
#include "worker/dataset/model/annotations.h"

namespace visionops::dataset_folder {

struct LocatedImage {
  const storage::FileInfo* file = nullptr;  ///< nothing: it is missing
  std::string remark;  ///< why it is this file, when its name is not the one that the entry has; why there is none
};

/// One for each image. Below one of `roots` a name is taken as it is. Else it is the one image of the listing with
/// which it shares the longest end: whole, up to letter case and the form of accented letters, and so that only the
/// folders before it differ. Nothing when several fit, when two entries would share a file, or when both stand in
/// folders that contradict each other ("train/a.jpg", "val/a.jpg"). A name without a suffix of images is the one image
/// of that name with any. A call costs in proportion to the names and files.
std::vector<LocatedImage> locate_coco_images(const FolderListing& listing, const std::vector<std::string>& roots,
                                             const std::vector<annotations::Image>& images);

}  // namespace visionops::dataset_folder
