// CVAT for images 1.1: annotations.xml and images/.
// Source: docs.cvat.ai "XML annotation format", version 1.1; cvat/apps/dataset_manager/formats/cvat.py for masks.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_set>

#include "base/result.h"
#include "worker/dataset/folder/named_images.h"
#include "worker/dataset/model/annotations.h"
#include "worker/dataset/model/category_names.h"
#include "worker/dataset/text/json_members.h"
#include "worker/dataset/text/xml_elements.h"

namespace visionops::cvat {

/// Takes the children of <annotations> one after another. Not thread-safe.
class CvatReader {
 public:
  /// `file` is the annotation file, for findings.
  CvatReader(dataset_folder::LoadedDataset& loaded, const dataset_folder::FolderListing& listing, std::string file,
             annotations::Findings& findings);
  Status take(const annotations::XmlNode& root, const annotations::XmlNode& child);
  /// After the last one: Invalid when the images are of several subsets; what the file says of itself is kept, images
  /// that it does not name are reported.
  Status finish();

 private:
  void take_meta(const annotations::XmlNode& meta);
  void take_labels(const annotations::XmlNode& labels);
  void take_image(const annotations::XmlNode& node);
  void take_track(const annotations::XmlNode& node);
  void describe_image(const annotations::XmlNode& node, annotations::Image& image);
  void take_shape(const annotations::XmlNode& shape, std::optional<std::uint32_t> image);
  std::optional<std::uint32_t> category_of(const annotations::XmlNode& shape);

  dataset_folder::LoadedDataset& loaded_;
  annotations::Findings& findings_;
  std::string file_;
  dataset_folder::NamedImages images_;
  annotations::CategoryNames names_;
  std::unordered_set<std::string> labels_;  ///< that <meta> lists; empty: it lists none
  annotations::JsonMembers top_;
  std::map<std::string, std::int64_t> subsets_;  ///< images of each
};

/// Invalid when the file is another's.
Status check_root(const annotations::XmlNode& root);

/// The geometry of a <box>, <polygon>, <ellipse>, <mask> or <tag>; the object's image has a size. False: it has none
/// that is kept, and a finding at its line of `file` says why.
bool read_geometry(const annotations::XmlNode& shape, annotations::Annotations& a, annotations::Object& object,
                   const std::string& file, annotations::Findings& findings);
/// Attributes of XML and <attribute> elements, as JSON object text; "" when there is none.
std::string attributes_of(const annotations::XmlNode& shape, const std::string& file, annotations::Findings& findings);

}  // namespace visionops::cvat
