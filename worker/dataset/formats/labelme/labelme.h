// labelme: one JSON file beside each image.
// Source: labelme 5 (label_file.py, shape.py); X-AnyLabeling for "rotation" and rectangles of four points.
#pragma once

#include <string>
#include <string_view>

#include "worker/dataset/model/annotations.h"
#include "worker/dataset/model/category_names.h"

namespace visionops::labelme {

/// Reads files one after another into the same annotations. Not thread-safe.
class LabelmeReader {
 public:
  /// load_documents.h. Rectangles are boxes; polygons, circles (64 points) and rotations masks with their bounds as
  /// box; of a mask its box (UnreadMask). Shapes without an area are UnsupportedShape. What else a shape has becomes
  /// attributes, what the file has beside them keys of the image.
  bool read(std::string_view text, const std::string& file, std::uint32_t image, annotations::Annotations& a,
            annotations::Findings& findings);

 private:
  annotations::CategoryNames names_;
};

}  // namespace visionops::labelme
