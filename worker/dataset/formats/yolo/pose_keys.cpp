#include "worker/dataset/formats/yolo/pose_keys.h"

#include <yaml-cpp/yaml.h>

#include "worker/dataset/text/json_text.h"

namespace visionops::dataset_folder {

namespace {

using annotations::KeypointShape;

constexpr std::size_t kMaxKeypoints = 10'000;

Result<KeypointShape> shape_of(const YAML::Node& node) {
  const auto problem = [] {
    return invalid_error("kpt_shape: expected [keypoints, 2] (x, y) or [keypoints, 3] (x, y, visibility)");
  };
  if (!node.IsSequence() || node.size() != 2) return problem();
  KeypointShape shape;
  if (!YAML::convert<std::size_t>::decode(node[0], shape.keypoints)) return problem();
  if (!YAML::convert<std::size_t>::decode(node[1], shape.values)) return problem();
  if (shape.keypoints == 0 || shape.keypoints > kMaxKeypoints) return problem();
  return shape.values == 2 || shape.values == 3 ? Result<KeypointShape>(shape) : problem();
}

Result<std::vector<std::size_t>> flip_of(const YAML::Node& node, std::size_t keypoints) {
  std::vector<std::size_t> flip;
  if (!node || node.IsNull() || (node.IsSequence() && node.size() == 0)) return flip;
  const auto problem = [&] {
    return invalid_error("flip_idx: expected " + std::to_string(keypoints) +
                         " indexes of keypoints, as kpt_shape says");
  };
  if (!node.IsSequence() || node.size() != keypoints) return problem();
  for (const auto& entry : node) {
    std::size_t index = 0;
    if (!YAML::convert<std::size_t>::decode(entry, index) || index >= keypoints) return problem();
    flip.push_back(index);
  }
  return flip;
}

Result<std::vector<std::string>> names_of_class(const YAML::Node& node, std::size_t keypoints, const std::string& key) {
  if (!node.IsSequence() || node.size() != keypoints) {
    return invalid_error(key + ": expected " + std::to_string(keypoints) + " names of keypoints, as kpt_shape says");
  }
  std::vector<std::string> names;
  for (const auto& entry : node) {
    if (!entry.IsScalar()) return invalid_error(key + ": expected names");
    names.push_back(entry.Scalar());
  }
  return names;
}

/// A mapping or a list by class, or one list for all classes.
Result<std::vector<std::vector<std::string>>> keypoint_names(const YAML::Node& node, std::size_t keypoints,
                                                             std::size_t classes) {
  std::vector<std::vector<std::string>> all;
  if (!node || node.IsNull()) return all;
  all.resize(classes);
  const bool for_all = node.IsSequence() && node.size() > 0 && node[0].IsScalar();
  for (std::size_t i = 0; i < classes; ++i) {
    const YAML::Node of_class = for_all ? node : node[i];
    if (!of_class) continue;
    auto names = names_of_class(of_class, keypoints, for_all ? "kpt_names" : "kpt_names." + std::to_string(i));
    if (!names) return names.error();
    all[i] = *std::move(names);
  }
  return all;
}

}  // namespace

Result<std::optional<PoseKeys>> read_pose_keys(const YAML::Node& root, std::size_t classes) {
  const YAML::Node given = root["kpt_shape"];
  if (!given || given.IsNull()) return std::optional<PoseKeys>();
  const auto shape = shape_of(given);
  if (!shape) return shape.error();
  auto flip = flip_of(root["flip_idx"], shape->keypoints);
  if (!flip) return flip.error();
  auto names = keypoint_names(root["kpt_names"], shape->keypoints, classes);
  if (!names) return names.error();
  return std::optional(PoseKeys{*shape, *std::move(flip), *std::move(names)});
}

std::string pose_category_keys(const PoseKeys& keys, std::size_t category) {
  std::string out;
  if (!keys.flip.empty()) {
    for (const std::size_t index : keys.flip) out += (out.empty() ? "\"flip_idx\":[" : ",") + std::to_string(index);
    out += ']';
  }
  if (category < keys.names.size() && !keys.names[category].empty()) {
    out += out.empty() ? "\"keypoints\":[" : ",\"keypoints\":[";
    for (std::size_t i = 0; i < keys.names[category].size(); ++i) {
      if (i > 0) out += ',';
      annotations::append_json_string(out, keys.names[category][i]);
    }
    out += ']';
  }
  return out.empty() ? out : "{" + out + "}";
}

}  // namespace visionops::dataset_folder
