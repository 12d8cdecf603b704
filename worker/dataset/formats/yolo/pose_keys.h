// What data.yaml says of the keypoints of a pose dataset: kpt_shape, flip_idx, kpt_names.
// Source: ultralytics/data/utils.py check_det_dataset and verify_image_label, docs/en/datasets/pose/index.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "worker/dataset/formats/yolo/yolo.h"

namespace YAML {
class Node;
}

namespace visionops::dataset_folder {

struct PoseKeys {
  annotations::KeypointShape shape;
  std::vector<std::size_t> flip;                ///< the keypoint that each becomes in a mirror; empty: not told
  std::vector<std::vector<std::string>> names;  ///< by class index; empty, or empty for a class: not told
};

/// nullopt when there is no kpt_shape. Invalid names the key.
Result<std::optional<PoseKeys>> read_pose_keys(const YAML::Node& root, std::size_t classes);

/// The keys of COCO's categories ("keypoints": names) and flip_idx, as the text of a JSON object; "" when there are
/// none.
std::string pose_category_keys(const PoseKeys& keys, std::size_t category);

}  // namespace visionops::dataset_folder
