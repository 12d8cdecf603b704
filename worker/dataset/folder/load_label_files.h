// Formats with one text file of annotations for each image; for their readers.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "worker/dataset/folder/layout.h"
#include "worker/dataset/folder/loaded_dataset.h"

namespace visionops::dataset_folder {

inline constexpr std::int64_t kMaxLabelBytes = std::int64_t{64} << 20;  ///< of a label file; a larger one is a finding
/// Of label files in memory at once, whatever their number; the last one may stand over it.
inline constexpr std::int64_t kMaxLabelBytesAtOnce = std::int64_t{64} << 20;

/// What tells one such format from another.
struct LabelFileFormat {
  Format format = Format::None;
  std::vector<annotations::Category> categories;
  std::vector<std::string> annotation_files;                   ///< beside the text files: YOLO's data.yaml
  std::function<std::string(std::string_view image)> path_of;  ///< the text file of an image
  std::function<bool(std::string_view path)> is_label_file;    ///< by where it stands; its image may be missing
  /// Appends the rows of one file to `a`; the image is the one of that index, with a known size.
  std::function<void(std::string_view text, const std::string& file, std::uint32_t image, annotations::Annotations& a,
                     annotations::Findings& findings)>
      read;
  /// "labels": files in other places and letter cases are looked for (misplaced_labels.h). "": they are not.
  std::string labels_folder = {};
  /// Text files that hold no labels, wherever they stand: lists of class names.
  std::function<bool(std::string_view path)> is_other_file = [](std::string_view) { return false; };
};

/// The image files of such a dataset: those below an images folder, or all when there is no such folder.
std::vector<const storage::FileInfo*> image_files(const FolderListing& listing);
/// Their paths.
std::vector<std::string_view> image_paths(const FolderListing& listing);

/// Images below an images folder, or all when there is none; an image without a text file is background. A file that
/// was found in another place is read with a MisplacedLabelFile finding.
Result<LoadedDataset> load_label_files(storage::StorageClient& store, const std::string& folder,
                                       const FolderListing& listing, annotations::Findings& findings, unsigned threads,
                                       const LabelFileFormat& format);

}  // namespace visionops::dataset_folder
