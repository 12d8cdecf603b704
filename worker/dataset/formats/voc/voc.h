// Pascal VOC: one XML file for each image.
// Source: VOC2007 and VOC2008 development kits; CVAT's <attributes>; labelImg and Roboflow for the flat layout.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"
#include "worker/dataset/folder/format_reader.h"
#include "worker/dataset/model/annotations.h"
#include "worker/dataset/model/category_names.h"
#include "worker/dataset/model/format_writer.h"
#include "worker/dataset/text/xml_elements.h"

namespace visionops::voc {

/// Reads files one after another into the same annotations. Not thread-safe.
class VocReader {
 public:
  /// load_documents.h. Coordinates are taken as they stand, x = xmin and width = xmax - xmin: whether a file counts
  /// pixels from 0 or 1 is not told by it. Corners in the wrong order are exchanged (RepairedBox). Everything of an
  /// object beside its class and box becomes an attribute; of the image, a key of `extra`.
  bool read(std::string_view text, const std::string& file, std::uint32_t image, annotations::Annotations& a,
            annotations::Findings& findings);

 private:
  annotations::CategoryNames names_;
};

/// The XML of an attribute of an object, that VocReader reads back as this JSON value; "" when there is none.
std::string xml_of_attribute(const std::string& key, const Json& value);

annotations::LossReport voc_loss(const annotations::Annotations& a, const std::vector<Task>& tasks);
std::vector<bool> voc_keeps(const annotations::Annotations& a, const std::vector<Task>& tasks);
/// The XML file of an image with these objects; the ones that voc_keeps names stand in it.
std::string write_voc(const annotations::Annotations& a, std::uint32_t image, std::span<const std::uint32_t> objects);

/// Whether there are files of such a dataset.
dataset_folder::Recognition recognise_voc(const dataset_folder::FolderListing& listing);
dataset_folder::OwnsFile voc_files(const dataset_folder::FolderListing& listing);
/// By the lists in ImageSets/Main, else by folders.
Result<dataset_folder::FolderParts> voc_parts(storage::StorageClient& store, const std::string& folder,
                                              const dataset_folder::FolderListing& listing);
Result<dataset_folder::LoadedDataset> load_voc(storage::StorageClient& store, const std::string& folder,
                                               const dataset_folder::FolderListing& listing,
                                               annotations::Findings& findings, unsigned threads);

/// The classes of labelmap.txt ("name:colour:parts:actions"), without "background".
std::vector<annotations::Category> read_labelmap(std::string_view text, const std::string& file,
                                                 annotations::Findings& findings);
/// Whether a row of it can hold the name; others are left out.
bool fits_labelmap(const annotations::Category& category);
std::string write_labelmap(const annotations::Annotations& a);

}  // namespace visionops::voc
