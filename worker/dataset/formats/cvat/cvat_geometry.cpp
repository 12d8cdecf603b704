#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numbers>
#include <vector>

#include "worker/dataset/formats/cvat/cvat.h"
#include "worker/dataset/model/label_files.h"
#include "worker/dataset/model/polygon.h"
#include "worker/dataset/model/rle.h"

namespace visionops::cvat {

namespace {

using annotations::Annotations;
using annotations::Findings;
using annotations::Object;
using annotations::XmlNode;

constexpr double kFar = 1 << 24;                              // pixels
constexpr std::int64_t kMaxMaskArea = std::int64_t{1} << 26;  // pixels of the box around a mask: a bit each
constexpr int kPointsOfAnEllipse = 64;

std::string line_of(const XmlNode& node) { return "line " + std::to_string(node.line); }

/// Why the attributes are none, or nothing; absent ones keep their value when `needed` is false.
std::optional<std::string> read_numbers(const XmlNode& shape,
                                        std::initializer_list<std::pair<const char*, double*>> list,
                                        bool needed = true) {
  for (const auto& [name, out] : list) {
    const auto* text = shape.attribute(name);
    if (text == nullptr && needed) return "has no " + std::string(name);
    if (text == nullptr) continue;
    if (!annotations::parse_number(*text, *out) || std::abs(*out) > kFar) {
      return std::string(name) + " " + annotations::quoted(*text) + " is not a number within reach";
    }
  }
  return std::nullopt;
}

void set_box(Object& object, double left, double top, double right, double bottom) {
  object.box = {left, top, right - left, bottom - top};
  object.area = object.box[2] * object.box[3];
  object.has_box = object.has_area = object.has_crowd = true;  // COCO requires area and iscrowd
}

std::optional<std::string> read_box(const XmlNode& shape, Annotations& a, Object& object, const std::string& file,
                                    Findings& findings) {
  double left = 0, top = 0, right = 0, bottom = 0, rotation = 0;
  auto problem = read_numbers(shape, {{"xtl", &left}, {"ytl", &top}, {"xbr", &right}, {"ybr", &bottom}});
  if (!problem) problem = read_numbers(shape, {{"rotation", &rotation}}, false);
  if (problem) return problem;
  if (left > right || top > bottom) {
    findings.add({"RepairedBox", file, line_of(shape), "xtl is greater than xbr, or ytl than ybr; exchanged"});
    if (left > right) std::swap(left, right);
    if (top > bottom) std::swap(top, bottom);
  }
  set_box(object, left, top, right, bottom);
  if (rotation != 0) {
    set_oriented_box(a, object, annotations::turned(object.box, rotation, (left + right) / 2, (top + bottom) / 2));
  }
  return std::nullopt;
}

/// "x,y;x,y"
std::optional<std::string> read_points(const XmlNode& shape, std::vector<double>& points) {
  const auto* text = shape.attribute("points");
  if (text == nullptr) return "has no points";
  std::string_view rest = *text;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(';'), rest.size());
    const auto pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto comma = std::min(pair.find(','), pair.size());
    double x = 0, y = 0;
    const bool good = comma < pair.size() && annotations::parse_number(pair.substr(0, comma), x) &&
                      annotations::parse_number(pair.substr(comma + 1), y) && std::abs(x) <= kFar &&
                      std::abs(y) <= kFar;
    if (!good) return "point " + annotations::quoted(pair) + " is no pair of numbers within reach";
    points.push_back(x);
    points.push_back(y);
  }
  return std::nullopt;
}

std::optional<std::string> read_polygon(const XmlNode& shape, Annotations& a, Object& object) {
  std::vector<double> points;
  if (auto problem = read_points(shape, points)) return problem;
  if (points.size() < 6) return "a polygon of " + std::to_string(points.size() / 2) + " points has no area";
  set_ring(a, object, points);
  return std::nullopt;
}

std::optional<std::string> read_ellipse(const XmlNode& shape, Annotations& a, Object& object) {
  double x = 0, y = 0, across = 0, down = 0, rotation = 0;
  auto problem = read_numbers(shape, {{"cx", &x}, {"cy", &y}, {"rx", &across}, {"ry", &down}});
  if (!problem) problem = read_numbers(shape, {{"rotation", &rotation}}, false);
  if (problem) return problem;
  const double sine = std::sin(rotation * std::numbers::pi / 180);
  const double cosine = std::cos(rotation * std::numbers::pi / 180);
  std::vector<double> ring;
  for (int i = 0; i < kPointsOfAnEllipse; ++i) {
    const double angle = 2 * std::numbers::pi * i / kPointsOfAnEllipse;
    const double dx = across * std::cos(angle);
    const double dy = down * std::sin(angle);
    ring.push_back(x + dx * cosine - dy * sine);
    ring.push_back(y + dx * sine + dy * cosine);
  }
  set_ring(a, object, ring);
  return std::nullopt;
}

/// The pixels of the box, row by row; the first run is outside.
std::optional<std::string> read_bits(const XmlNode& shape, std::int64_t area, std::vector<bool>& bits) {
  const auto* text = shape.attribute("rle");
  if (text == nullptr) return "has no rle";
  bits.reserve(static_cast<std::size_t>(area));
  const char* at = text->data();
  const char* end = at + text->size();
  for (bool inside = false; at < end; inside = !inside) {
    while (at < end && (*at == ' ' || *at == ',')) ++at;
    if (at == end) break;
    std::int64_t run = 0;
    const auto [next, error] = std::from_chars(at, end, run);
    if (error != std::errc() || run < 0) return "rle has what is no count";
    if (run > area - static_cast<std::int64_t>(bits.size())) return "rle has more pixels than its box";
    bits.insert(bits.end(), static_cast<std::size_t>(run), inside);
    at = next;
  }
  if (static_cast<std::int64_t>(bits.size()) == area) return std::nullopt;
  return "rle has " + std::to_string(bits.size()) + " pixels, its box " + std::to_string(area);
}

/// Runs of the whole image, column by column, as COCO has them.
class Columns {
 public:
  void add(bool inside, std::int64_t pixels) {
    if (pixels == 0) return;
    if (inside != inside_) runs_.push_back(0);
    inside_ = inside;
    runs_.back() += pixels;
  }
  [[nodiscard]] const std::vector<std::int64_t>& runs() const { return runs_; }

 private:
  std::vector<std::int64_t> runs_{0};
  bool inside_ = false;
};

std::optional<std::string> read_mask(const XmlNode& shape, Annotations& a, Object& object) {
  double left = 0, top = 0, width = 0, height = 0;
  if (auto p = read_numbers(shape, {{"left", &left}, {"top", &top}, {"width", &width}, {"height", &height}})) return p;
  const auto& image = a.images[object.image];
  const bool whole = left == std::floor(left) && top == std::floor(top) && width == std::floor(width) &&
                     height == std::floor(height) && left >= 0 && top >= 0 && width >= 0 && height >= 0;
  if (!whole) return "its box is not one of whole pixels";
  set_box(object, left, top, left + width, top + height);
  if (left + width > image.width || top + height > image.height) return "its box leaves the image";
  if (width * height > static_cast<double>(kMaxMaskArea)) return "its box is too large";
  const auto w = static_cast<std::int64_t>(width);
  const auto h = static_cast<std::int64_t>(height);
  std::vector<bool> bits;
  if (auto problem = read_bits(shape, w * h, bits)) return problem;
  Columns columns;
  const auto above = static_cast<std::int64_t>(top);
  columns.add(false, static_cast<std::int64_t>(left) * image.height);
  for (std::int64_t x = 0; x < w; ++x) {
    columns.add(false, above);
    for (std::int64_t y = 0; y < h; ++y) columns.add(bits[static_cast<std::size_t>(y * w + x)], 1);
    columns.add(false, image.height - above - h);
  }
  columns.add(false, (image.width - static_cast<std::int64_t>(left) - w) * image.height);
  object.shape = a.add_text(annotations::encode_rle(columns.runs()));
  object.shape_kind = annotations::Shape::RleCompressed;
  object.rle_size = {image.height, image.width};
  object.area = static_cast<double>(std::ranges::count(bits, true));
  return std::nullopt;
}

}  // namespace

bool read_geometry(const XmlNode& shape, Annotations& a, Object& object, const std::string& file, Findings& findings) {
  std::optional<std::string> problem;
  if (shape.name == "box") {
    problem = read_box(shape, a, object, file, findings);
  } else if (shape.name == "polygon") {
    problem = read_polygon(shape, a, object);
  } else if (shape.name == "ellipse") {
    problem = read_ellipse(shape, a, object);
  } else if (shape.name == "mask") {
    problem = read_mask(shape, a, object);
    if (problem && object.has_box) {
      findings.add({"BadRle", file, line_of(shape), *problem + "; its box is kept"});
      problem.reset();
    }
  } else if (shape.name != "tag") {
    findings.add({"UnsupportedShape", file, line_of(shape), "a <" + shape.name + "> has no area that is read"});
    return false;
  }
  if (!problem) return true;
  findings.add({"MalformedAnnotation", file, line_of(shape), "<" + shape.name + "> " + *problem});
  return false;
}

std::string attributes_of(const XmlNode& shape, const std::string& file, Findings& findings) {
  annotations::JsonMembers members;
  static const std::unordered_set<std::string_view> geometry{"label", "xtl",  "ytl", "xbr",   "ybr",    "points",
                                                             "rle",   "left", "top", "width", "height", "rotation"};
  for (const auto& [key, value] : shape.attributes) {
    const bool usual = (key == "z_order" && value == "0") || (key == "occluded" && value == "0") ||
                       (key == "source" && value == "manual");
    const bool own = usual || (geometry.contains(key) && (key != "rotation" || shape.name == "box"));
    if (!own) members.add(key, annotations::json_value_of(value));
  }
  for (const auto& child : shape.children) {
    const auto* name = child.attribute("name");
    if (child.name != "attribute" || name == nullptr) {
      findings.add({"MalformedAttribute", file, line_of(child), "<" + child.name + "> is no attribute with a name"});
    } else if (!members.add(*name, annotations::json_value_of(child.text))) {
      findings.add({"MalformedAttribute", file, line_of(child), annotations::quoted(*name) + " is there twice"});
    }
  }
  return members.text();
}

}  // namespace visionops::cvat
