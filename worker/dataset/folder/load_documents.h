// Formats with one annotation file for each image that names its image itself (Pascal VOC, labelme); for their readers.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "worker/dataset/folder/image_finder.h"
#include "worker/dataset/folder/layout.h"
#include "worker/dataset/folder/loaded_dataset.h"

namespace visionops::dataset_folder {

/// What tells one such format from another.
struct DocumentFormat {
  Format format;
  std::vector<annotations::Category> categories = {};  ///< that a file of the folder lists
  std::vector<const storage::FileInfo*> documents;     ///< sorted
  std::vector<const storage::FileInfo*> images;        ///< sorted; those without a document are background
  ImageFinder::Key key_of;                             ///< what the paths of a document and its image have in common
  std::function<std::string(std::string_view path)> name_of;  ///< file_name of the image at this path
  /// Where the image may be, by the name that stands in the document ("" when none); "" leads nowhere. The last one
  /// is where it should be.
  std::function<std::vector<std::string>(std::string_view document, std::string_view named)> places;
  bool name_decides = false;  ///< the name in the document goes before the name of the document
  /// Reads one document: size, extra and name (file_name) of the image with this index, and its objects. False: it is
  /// unreadable as a whole, and a finding says so; what was added is taken away.
  std::function<bool(std::string_view text, const std::string& file, std::uint32_t image, annotations::Annotations& a,
                     annotations::Findings& findings)>
      read;
};

/// The images of the documents in their order, then those without one. Two documents of one image are one image with
/// the objects of both (SharedLabelFile). An image found by another name than the one given is a RepairedImageName
/// finding, one that is not there MissingImage; the name in the document is kept as source_file_name.
/// `format.categories` go first, in their order; others follow by name. Sizes are filled (settle_images.h). Files that
/// are not read are not looked for: the caller knows them.
Result<LoadedDataset> load_documents(storage::StorageClient& store, const std::string& folder, unsigned threads,
                                     annotations::Findings& findings, const DocumentFormat& format);

}  // namespace visionops::dataset_folder
