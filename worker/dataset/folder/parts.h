// The datasets of a folder: a dataset is one split, and people keep several in one folder. They are never merged;
// somebody says which is meant, or the folder is refused with what it holds.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "worker/dataset/folder/choice.h"
#include "worker/dataset/folder/layout.h"
#include "worker/dataset/folder/splits.h"
#include "worker/storage/storage_client.h"

namespace visionops::dataset_folder {

/// One split of a folder.
struct FolderPart {
  Split split = Split::None;     ///< None: what no split claims
  std::vector<Split> also = {};  ///< further splits that the folder's own files give to the same images
  std::string place = {};        ///< where it stands, for people
  std::string annotations = {};  ///< its own file of annotations, where the format has one for a dataset
  std::int64_t images = -1;      ///< -1: not known from the listing
  std::function<bool(std::string_view path)> holds = {};  ///< files and links that belong to it, shared ones too
};

struct FolderParts {
  std::vector<FolderPart> parts = {};
  /// The parts are named by lists: what stands in none of them belongs to none.
  bool by_lists = false;
};

/// Of a format whose images have their annotations beside them or below a sister folder: by the names of the folders.
/// FormatReader::parts.
Result<FolderParts> parts_by_folders(storage::StorageClient& store, const std::string& folder,
                                     const FolderListing& listing);

/// The same for images whose splits `split_of` tells; `is_shared` says which files belong to each.
FolderParts parts_of_images(const FolderListing& listing, const SplitPlaces& given,
                            const std::function<bool(std::string_view path)>& is_shared);

/// "Train: 3 images in images/train/, Val: 1 image in images/val/"
std::string listed(const std::vector<FolderPart>& parts);

/// The listing of the part that is meant. The whole listing when there is only one and nothing says otherwise. Invalid,
/// with what there is and how to say which: several and none chosen, or one that is not there.
Result<FolderListing> choose_part(const FolderListing& listing, const FolderParts& parts, const Choice& choice);

}  // namespace visionops::dataset_folder
