// Datumaro's own JSON: annotations/SPLIT.json and images/.
// Source: open-edge-platform/datumaro, docs/source/docs/data-formats/formats/datumaro.md and the exporter's keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "worker/dataset/folder/named_images.h"
#include "worker/dataset/model/annotations.h"
#include "worker/dataset/text/json_members.h"
#include "worker/dataset/text/json_splitter.h"

namespace visionops::datumaro {

/// Whether the first bytes of a JSON file are those of such a file.
bool looks_like_datumaro(std::string_view head);

/// Takes the elements of a file as JsonSplitter cuts them (its list "items"). Not thread-safe.
class DatumaroReader {
 public:
  DatumaroReader(dataset_folder::LoadedDataset& loaded, const dataset_folder::FolderListing& listing, std::string file,
                 annotations::Findings& findings);
  Status take(const annotations::JsonElement& element);
  void finish();

 private:
  Status take_categories(std::string_view text);
  void take_item(const Json& item, const std::string& position);
  void take_annotation(const Json& annotation, std::uint32_t image, const std::string& position);
  std::optional<std::uint32_t> category_of(const Json& annotation, const std::string& position);

  dataset_folder::LoadedDataset& loaded_;
  annotations::Findings& findings_;
  std::string file_;
  std::vector<std::string> roots_;
  dataset_folder::NamedImages images_;
  annotations::JsonMembers top_;
  bool items_ = false;  ///< have begun
};

/// Geometry of an annotation by its "type"; empty when it is kept, else why not, with the kind of finding. `box_kept`
/// tells a mask that is none from an object that is none.
struct Shaped {
  std::optional<annotations::FindingKind> left_out;
  std::string why;
};
Shaped read_geometry(const Json& annotation, annotations::Annotations& a, annotations::Object& object);

}  // namespace visionops::datumaro
