// Scanners: sets of scenes written in the layout and with the quirks of a real source.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "samples/quickstart/generator/scene.h"

namespace visionops::quickstart {

struct ScannedImage {
  std::string file_name;
  Scene scene;
};

/// COCO with ids that have gaps, attributes and one crowd region as RLE: `names[label]` names a class.
Status write_coco(const std::string& folder, const std::vector<ScannedImage>& images,
                  const std::vector<std::string>& names, bool with_crowd);
/// YOLO detection rows, labels/ and data.yaml.
Status write_yolo(const std::string& folder, const std::vector<ScannedImage>& images,
                  const std::vector<std::string>& names);

/// Objects per label, for the numbers that a run must reproduce.
std::map<int, int> count_labels(const std::vector<ScannedImage>& images);

}  // namespace visionops::quickstart
