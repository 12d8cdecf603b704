#include "worker/dataset/formats/yolo/data_yaml.h"

#include <simdjson.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <set>
#include <utility>

#include "base/yaml/value_count.h"
#include "worker/dataset/formats/yolo/yaml_string.h"
#include "worker/dataset/text/utf16.h"

namespace visionops::dataset_folder {

namespace {

constexpr std::size_t kMaxClasses = 100'000;
constexpr std::size_t kMaxValues = 250'000;  // each class has a key and a name
constexpr std::size_t kMaxPlaces = 100;      // of a split; each is compared with each image

Result<std::string> class_name(const YAML::Node& node, const std::string& where) {
  if (!node.IsScalar()) return invalid_error(where + ": expected a class name");
  return node.Scalar();
}

Result<std::vector<std::string>> names_of_list(const YAML::Node& node) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < node.size(); ++i) {
    auto name = class_name(node[i], "names[" + std::to_string(i) + "]");
    if (!name) return name.error();
    names.push_back(std::move(*name));
  }
  return names;
}

Result<std::vector<std::string>> names_of_mapping(const YAML::Node& node) {
  std::map<long, std::string> by_index;
  for (const auto& entry : node) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
    long index = -1;
    if (!YAML::convert<long>::decode(entry.first, index) || index < 0) {
      return invalid_error("names: the key \"" + key + "\" is not a class index");
    }
    auto name = class_name(entry.second, "names." + key);
    if (!name) return name.error();
    if (!by_index.emplace(index, std::move(*name)).second) return invalid_error("names: " + key + " stands twice");
  }
  std::vector<std::string> names;
  for (auto& [index, name] : by_index) {
    if (index != static_cast<long>(names.size())) {
      return invalid_error("names: class " + std::to_string(names.size()) + " has no name");
    }
    names.push_back(std::move(name));
  }
  return names;
}

Result<std::vector<std::string>> names_of(const YAML::Node& root) {
  const YAML::Node node = root["names"];
  if (!node) return invalid_error("names: is required");
  if (!node.IsSequence() && !node.IsMap()) return invalid_error("names: expected a list or a mapping");
  if (node.size() > kMaxClasses) return invalid_error("names: has more than 100000 entries");
  return node.IsSequence() ? names_of_list(node) : names_of_mapping(node);
}

Result<std::vector<std::string>> places_of(const YAML::Node& root, const char* split) {
  std::vector<std::string> out;
  const YAML::Node node = root[split];
  if (node && node.IsScalar()) out.push_back(node.Scalar());
  if (!node || !node.IsSequence()) return out;
  if (node.size() > kMaxPlaces) {
    return invalid_error(std::string(split) + ": names more than " + std::to_string(kMaxPlaces) + " places");
  }
  for (const auto& item : node) {
    if (item.IsScalar()) out.push_back(item.Scalar());
  }
  return out;
}

Result<SplitPlaces> split_places(const YAML::Node& root) {
  SplitPlaces out;
  if (const YAML::Node path = root["path"]; path && path.IsScalar()) out.path = path.Scalar();
  for (const auto& [name, places] : {std::pair("train", &out.train), {"val", &out.val}, {"test", &out.test}}) {
    auto found = places_of(root, name);
    if (!found) return found.error();
    *places = *std::move(found);
  }
  return out;
}

/// Readers differ in which of two equal keys they take.
Status check_keys(const YAML::Node& root) {
  std::set<std::string> keys;
  for (const auto& entry : root) {
    if (entry.first.IsScalar() && !keys.insert(entry.first.Scalar()).second) {
      return invalid_error(entry.first.Scalar() + ": stands twice, the second time in line " +
                           std::to_string(entry.first.Mark().line + 1));
    }
  }
  return {};
}

annotations::LongRows long_rows_of(const std::string& task) {
  using enum annotations::LongRows;
  return task == "obb" ? OrientedBoxes : task == "segment" ? Polygons : Unsaid;
}

Result<DataYaml> decode(const YAML::Node& root) {
  if (!root.IsMap()) return invalid_error("expected a mapping");
  if (auto checked = check_keys(root); !checked) return checked.error();
  auto names = names_of(root);
  if (!names) return names.error();
  if (const YAML::Node nc = root["nc"]) {
    long count = -1;
    if (!YAML::convert<long>::decode(nc, count) || count != static_cast<long>(names->size())) {
      return invalid_error("nc: is " + (nc.IsScalar() ? nc.Scalar() : "not a number") + ", names has " +
                           std::to_string(names->size()) + " entries");
    }
  }
  auto places = split_places(root);
  if (!places) return places.error();
  auto pose = read_pose_keys(root, names->size());
  if (!pose) return pose.error();
  const YAML::Node given = root["task"];
  const std::string task = given && given.IsScalar() ? given.Scalar() : "";
  if (task == "pose" && !*pose) return invalid_error("kpt_shape: is required with task: pose");
  return DataYaml{std::move(*names), *std::move(places), *std::move(pose), long_rows_of(task)};
}

Result<DataYaml> read_utf8(const std::string& text) {
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    return invalid_error("is not UTF-8 (but GBK, Latin-1 or the like): save it as UTF-8");
  }
  if (const auto much = more_values_than(kMaxValues, text)) {
    return invalid_error(much->message + " (line " + std::to_string(much->line) + ")");
  }
  try {
    return decode(YAML::Load(text));
  } catch (const YAML::Exception& e) {  // yaml-cpp reports by throwing
    return invalid_error("malformed YAML at line " + std::to_string(e.mark.line + 1) + ": " + e.msg);
  }
}

}  // namespace

Result<DataYaml> read_data_yaml(const std::string& text) {
  const auto order = annotations::utf16_order(text);
  if (!order) return read_utf8(text);
  const auto decoded = annotations::utf8_of(text, *order);
  return decoded ? read_utf8(*decoded) : invalid_error("is damaged UTF-16: save it as UTF-8");
}

std::string write_class_names(const std::vector<std::string>& names) {
  std::string out = "nc: " + std::to_string(names.size()) + "\nnames:";
  if (names.empty()) return out + " {}\n";
  out += '\n';
  for (std::size_t i = 0; i < names.size(); ++i) {
    out += "  " + std::to_string(i) + ": ";
    append_yaml_string(out, names[i]);
    out += '\n';
  }
  return out;
}

std::string write_data_yaml(const std::vector<std::string>& names, Split split, annotations::YoloRows rows) {
  const char* key = split == Split::Val ? "val" : split == Split::Test ? "test" : "train";
  const char* task = rows == annotations::YoloRows::Polygons ? "task: segment\n" : "";
  return std::string(key) + ": images\n" + task + write_class_names(names);
}

}  // namespace visionops::dataset_folder
