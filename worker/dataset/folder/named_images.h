// The images of formats whose one annotation file names them (CVAT, Datumaro, Label Studio, tables).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "worker/dataset/folder/image_finder.h"
#include "worker/dataset/folder/layout.h"
#include "worker/dataset/folder/loaded_dataset.h"

namespace visionops::dataset_folder {

/// Adds images to a dataset as they are named. Not thread-safe; `loaded`, `listing` and `findings` must outlive it.
class NamedImages {
 public:
  NamedImages(LoadedDataset& loaded, const FolderListing& listing, std::string annotation_file,
              annotations::Findings& findings);

  /// The image called `name`, as written, which is looked for below each of `roots` ("", "images/"; instead of them
  /// below the folder of images that somebody chose) and then by its
  /// base name (RepairedImageName); the first root is where it should be (MissingImage). Of a file that was named
  /// before it is that one, with a SamePicture finding. nullopt: the name leads out of the folder (UnsafePath); then
  /// its objects are the caller's to report.
  std::optional<std::uint32_t> add(std::string_view name, const std::vector<std::string>& roots,
                                   const std::string& position);

  /// OrphanImage for each image file of the folder that was not named.
  void report_orphans() const;

 private:
  LoadedDataset& loaded_;
  std::string image_root_;  ///< that somebody chose, with a slash at its end
  ImageFinder finder_;
  std::string annotation_file_;
  annotations::Findings& findings_;
  std::unordered_map<std::string, std::uint32_t> by_path_;
};

}  // namespace visionops::dataset_folder
