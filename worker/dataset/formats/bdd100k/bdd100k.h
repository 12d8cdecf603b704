// BDD100K and Scalabel: a JSON list of frames with attributes and labels.
// Source: ucbdrive/bdd-data doc/format.md; doc.scalabel.ai/format.html for frames and poly2d.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "worker/dataset/folder/named_images.h"
#include "worker/dataset/model/annotations.h"
#include "worker/dataset/model/category_names.h"

namespace visionops::bdd100k {

/// Whether the first bytes of a JSON file are those of a list of frames.
bool looks_like_frames(std::string_view head);

/// Takes one frame after another. Not thread-safe.
class FrameReader {
 public:
  FrameReader(dataset_folder::LoadedDataset& loaded, const dataset_folder::FolderListing& listing, std::string file,
              annotations::Findings& findings)
      : loaded_(loaded), findings_(findings), file_(std::move(file)), images_(loaded, listing, file_, findings) {}
  /// Attributes of the frame are kept with the image, those of a label with its object. Closed polygons are masks;
  /// lines, curves and boxes in space are UnsupportedShape.
  void take(const Json& frame, const std::string& position);
  void finish() { images_.report_orphans(); }

 private:
  void take_label(const Json& label, std::uint32_t image, const std::string& position);

  dataset_folder::LoadedDataset& loaded_;
  annotations::Findings& findings_;
  std::string file_;
  dataset_folder::NamedImages images_;
  annotations::CategoryNames names_;
};

/// The geometry of a label; empty when it is kept, else why not, with the kind of finding.
struct Shaped {
  std::optional<annotations::FindingKind> left_out;
  std::string why;
  bool exchanged = false;  ///< the corners of the box were in the wrong order
};
Shaped read_label(const Json& label, annotations::Annotations& a, annotations::Object& object);

}  // namespace visionops::bdd100k
