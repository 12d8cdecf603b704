// Pictures that stand among those that were read and are of a kind that is not read.
#pragma once

#include "worker/dataset/folder/layout.h"
#include "worker/dataset/folder/loaded_dataset.h"
#include "worker/dataset/model/annotations.h"

namespace visionops::dataset_folder {

/// UnreadImage for each, by its suffix (avif, jxl, jp2, jfif, tga, ...): of a dataset whose folders say what belongs to
/// it nothing else would tell of them.
void report_unread_images(const FolderListing& listing, const LoadedDataset& loaded, annotations::Findings& findings);

}  // namespace visionops::dataset_folder
