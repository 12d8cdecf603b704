// Where things stand in a dataset folder: the platform's own layout and the ones that people bring along.
// PURE: works on the list of files.
//
//   COCO   annotation.json                                   (platform)
//          annotations/*.json with images/, <split>/ or images/<split>/   (cocodataset.org)
//          _annotations.coco.json or one other *.json beside the images   (Roboflow and others)
//   YOLO   data.yaml, images/**, labels/**                   (platform, Ultralytics)
//          data.yaml, <split>/images/**, <split>/labels/**   (Roboflow)
//          images with their .txt beside them                (Darknet)
//   VisDrone  images/**, annotations/**.txt                  (VisDrone2019-DET-train and its like)
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/vocabulary.h"
#include "worker/storage/storage_client.h"

namespace visionops::dataset_folder {

/// All regular files of a dataset folder; paths are relative to it, sorted bytewise.
class FolderListing {
 public:
  FolderListing() = default;
  explicit FolderListing(std::vector<storage::FileInfo> files, std::vector<std::string> links = {})
      : files_(std::move(files)), links_(std::move(links)) {}
  [[nodiscard]] const std::vector<storage::FileInfo>& files() const { return files_; }
  /// Symbolic links and special files, which are not followed; what they lead to is not in the listing.
  [[nodiscard]] const std::vector<std::string>& links() const { return links_; }
  /// nullptr when there is no such file.
  [[nodiscard]] const storage::FileInfo* find(std::string_view path) const;
  [[nodiscard]] bool contains(std::string_view path) const { return find(path) != nullptr; }

 private:
  std::vector<storage::FileInfo> files_;
  std::vector<std::string> links_;
};

/// Without the platform's own folder (.visionops). NotFound when the folder does not exist.
Result<FolderListing> list_dataset(storage::StorageClient& store, const std::string& folder);
/// Whether the platform wrote it: manifest.json, what is in its own folder, and eda.json, which earlier versions put
/// into the data.
bool is_ours(std::string_view path);
/// "raw/street" + "images/a.jpg"; an empty folder is the root of the store.
std::string join(const std::string& folder, const std::string& path);

/// The COCO file of the folder. NotFound when there is none, Invalid when several could be meant.
Result<std::string> find_coco_file(const FolderListing& listing);
/// Whether the folder says by the name of a file that it is COCO, or YOLO; another *.json or *.yaml in its root may be
/// anything, and counts only where nothing says more.
bool is_named_coco(const FolderListing& listing);
bool is_named_yolo(const FolderListing& listing);
/// The YAML file of a YOLO dataset; NotFound when there is none.
Result<std::string> find_data_yaml(const FolderListing& listing);

/// "annotations/a.txt": by where it stands.
bool is_visdrone_file(std::string_view path);
bool has_visdrone_files(const FolderListing& listing);

/// Folders ("images/", "", "train2017/", ...) in which the images of a COCO file may stand, most likely first.
std::vector<std::string> coco_image_roots(const FolderListing& listing, const std::string& annotation_file);

/// Name of an image of a YOLO dataset without its "images" folder: "images/train/a.jpg" and "train/images/a.jpg" are
/// "train/a.jpg".
std::string yolo_image_name(const std::string& path);

/// Whether the file belongs to the dataset and its digest (see digest.h).
bool is_data_file(std::string_view path, Format format);

}  // namespace visionops::dataset_folder
