#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <vector>

#include "base/json.h"
#include "worker/dataset/formats/labelme/labelme.h"
#include "worker/dataset/model/geometry_check.h"
#include "worker/dataset/model/label_files.h"
#include "worker/dataset/model/polygon.h"
#include "worker/dataset/text/json_members.h"

namespace visionops::labelme {

namespace {

using annotations::Annotations;
using annotations::Findings;
using annotations::JsonMembers;
using annotations::Object;

constexpr double kFar = 1 << 24;            // pixels
constexpr int kPointsOfACircle = 64;        // 0.12 % of the radius away from it
constexpr std::int32_t kLongest = 1 << 24;  // pixels of a side

struct Where {
  const std::string& file;
  std::string position;
  Findings& findings;
};

/// x0 y0 x1 y1 ..., or why they are none.
std::optional<std::string> read_points(const Json& shape, std::vector<double>& points) {
  const auto list = shape.find("points");
  if (list == shape.end() || !list->is_array()) return "points is no list";
  for (const auto& point : *list) {
    if (!point.is_array() || point.size() != 2 || !point[0].is_number() || !point[1].is_number()) {
      return "points[" + std::to_string(points.size() / 2) + "] is no pair of numbers";
    }
    for (const auto& value : point) {
      points.push_back(value.get<double>());
      if (std::abs(points.back()) > kFar) return "points[" + std::to_string(points.size() / 2) + "] is out of reach";
    }
  }
  return std::nullopt;
}

void set_box(Object& object, const std::vector<double>& points) {
  const auto c = annotations::corners_of(points);
  object.box = {c[0], c[1], c[2] - c[0], c[3] - c[1]};
  object.area = object.box[2] * object.box[3];
  object.has_box = object.has_area = object.has_crowd = true;
}

void set_circle(Annotations& a, Object& object, const std::vector<double>& points) {
  const double radius = std::hypot(points[2] - points[0], points[3] - points[1]);
  std::vector<double> ring;
  for (int i = 0; i < kPointsOfACircle; ++i) {
    const double angle = 2 * std::numbers::pi * i / kPointsOfACircle;
    ring.push_back(points[0] + radius * std::cos(angle));
    ring.push_back(points[1] + radius * std::sin(angle));
  }
  annotations::set_ring(a, object, ring);
}

bool has_no_area(const std::string& type) {
  return type == "point" || type == "points" || type == "line" || type == "linestrip";
}

/// The geometry of the shape; false when it has none, and a finding says why.
bool set_geometry(Annotations& a, Object& object, const std::string& type, const std::vector<double>& points,
                  const Where& where) {
  const auto left_out = [&where](annotations::FindingKind kind, const std::string& why) {
    where.findings.add({kind, where.file, where.position, why});
    return false;
  };
  const std::size_t count = points.size() / 2;
  const std::string has = "a " + type + " of " + std::to_string(count) + " points";
  if (has_no_area(type)) return left_out("UnsupportedShape", "a " + type + " has no area");
  if (type == "rotation" && count == 4) {
    std::array<double, 8> corners{};
    std::ranges::copy(points, corners.begin());
    annotations::set_oriented_box(a, object, corners);
  } else if (type == "polygon" || type == "rotation") {
    if (count < 3) return left_out("MalformedAnnotation", has + " has no area");
    annotations::set_ring(a, object, points);
  } else if (type == "rectangle" && (count == 2 || count == 4)) {
    set_box(object, points);
  } else if (type == "circle" && count == 2) {
    set_circle(a, object, points);
  } else if (type == "mask" && count == 2) {
    set_box(object, points);
    where.findings.add({"UnreadMask", where.file, where.position, "a mask as a picture is not read; its box is"});
  } else if (type == "rectangle" || type == "circle" || type == "mask") {
    return left_out("MalformedAnnotation", has + " is none");
  } else {
    return left_out("UnsupportedShape", annotations::quoted(type) + " is no shape that is read");
  }
  return true;
}

bool is_empty(const Json& value) {
  return value.is_null() || ((value.is_object() || value.is_array()) && value.empty()) || value == Json("");
}

std::string attributes_of(const Json& shape, const std::string& type, const std::vector<double>& points) {
  JsonMembers members;
  for (const auto& [key, value] : shape.items()) {
    const bool known = key == "label" || key == "points" || key == "shape_type" || key == "mask";
    if (!known && !is_empty(value)) members.add(key, dump_json(value));
  }
  if (type == "circle") {
    std::string circle = "[";
    for (std::size_t i = 0; i < 4; ++i) {
      if (i > 0) circle += ',';
      annotations::append_json_number(circle, points[i]);
    }
    members.add("circle", circle + "]");
  }
  return members.text();
}

/// 0: not known.
std::int32_t side_of(const Json& root, const char* key, const Where& where) {
  const auto at = root.find(key);
  if (at == root.end() || at->is_null()) return 0;
  if (at->is_number() && at->get<double>() >= 0 && at->get<double>() <= kLongest) {
    return static_cast<std::int32_t>(at->get<double>());
  }
  where.findings.add(
      {"WrongImageSize", where.file, key, dump_json(*at).substr(0, 40) + " is none; the file's own is taken"});
  return 0;
}

void read_image(const Json& root, annotations::Image& image, const Where& where) {
  image.width = side_of(root, "imageWidth", where);
  image.height = side_of(root, "imageHeight", where);
  image.has_width = image.has_height = image.width > 0 && image.height > 0;
  image.file_name = text_of(root, "imagePath");
  JsonMembers extra = JsonMembers::of_image();
  for (const auto& [key, value] : root.items()) {
    const bool known = key == "shapes" || key == "imagePath" || key == "imageData" || key == "imageWidth" ||
                       key == "imageHeight" || key == "version";
    if (!known && !is_empty(value)) extra.add(key, dump_json(value));
  }
  image.extra = extra.text();
}

/// "byte 12" and the rest of "... byte 12 ...", as parse_json tells it.
std::optional<Json> root_of(std::string_view text, const Where& where) {
  auto root = parse_json(text.starts_with("\xef\xbb\xbf") ? text.substr(3) : text);
  std::string problem = root ? "" : root.error().message;
  if (problem.empty() && (!root->is_object() || !root->contains("shapes") || !(*root)["shapes"].is_array())) {
    problem = "has no list of shapes (LabelMe)";
  }
  if (problem.empty()) return std::move(*root);
  where.findings.add({"UnreadableLabelFile", where.file, "", problem});
  return std::nullopt;
}

}  // namespace

bool LabelmeReader::read(std::string_view text, const std::string& file, std::uint32_t image, Annotations& a,
                         Findings& findings) {
  const auto root = root_of(text, {file, "", findings});
  if (!root) return false;
  read_image(*root, a.images[image], {file, "", findings});
  const auto& shapes = (*root)["shapes"];
  std::vector<double> points;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const Where where{file, "shapes[" + std::to_string(i) + "]", findings};
    const Json& shape = shapes[i];
    points.clear();
    std::optional<std::string> problem;
    if (!shape.is_object()) {
      problem = "is no object";
    } else if (text_of(shape, "label").empty()) {
      problem = "has no label";
    } else {
      problem = read_points(shape, points);
    }
    if (problem) {
      findings.add({"MalformedAnnotation", file, where.position, *problem});
      continue;
    }
    const std::string type = shape.contains("shape_type") && shape["shape_type"].is_string()
                                 ? shape["shape_type"].get<std::string>()
                                 : std::string("polygon");
    Object object;
    object.image = image;
    if (!set_geometry(a, object, type, points, where)) continue;
    object.id = static_cast<std::int64_t>(a.objects.size()) + 1;
    object.category = names_.of(a, text_of(shape, "label"));
    const auto attributes = attributes_of(shape, type, points);
    if (!attributes.empty()) object.attributes = a.add_text(attributes);
    annotations::check_box(a, object, file, where.position, findings);
    a.objects.push_back(object);
  }
  return true;
}

}  // namespace visionops::labelme
