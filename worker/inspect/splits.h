// Inspection of all splits of a folder, side by side.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "worker/dataset/folder/parts.h"
#include "worker/inspect/inspect.h"

namespace visionops::inspect {

struct SplitInspection {
  dataset_folder::FolderPart part;
  Result<Inspection> inspection;
};

struct FolderInspection {
  Format format = Format::None;
  /// One of Split::None where the folder tells no splits apart.
  std::vector<SplitInspection> splits;
  /// Images that lists of splits leave out.
  std::int64_t unlisted_images = 0;
};

/// Whether the folder holds more than one split, so that nothing can be said of "the" dataset. False also for a folder
/// that cannot be understood: inspect_dataset says why.
bool holds_several(storage::StorageClient& store, const std::string& folder, const InspectOptions& options);

/// Every split by itself; options.choice.split is not looked at. Errors of select_dataset; what is wrong with one split
/// stands in its place.
Result<FolderInspection> inspect_splits(storage::StorageClient& store, const std::string& folder,
                                        const InspectOptions& options);

/// {"format", "splits": [{"split", "place", "annotations", "report" or "error"}], "unlistedImages"}; ends with a
/// newline.
std::string splits_json(const FolderInspection& folder);
/// A table of the splits, then of the classes, then what is wrong with each.
std::string splits_text(const FolderInspection& folder);

}  // namespace visionops::inspect
