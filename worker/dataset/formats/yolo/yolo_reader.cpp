#include <algorithm>
#include <cmath>

#include "worker/dataset/formats/yolo/yolo.h"
#include "worker/dataset/model/geometry_check.h"
#include "worker/dataset/model/label_files.h"

namespace visionops::annotations {

namespace {

constexpr double kLowest = -0.01;  // what Ultralytics' verify_image_label accepts
constexpr double kHighest = 1.01;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::vector<std::string_view> tokens_of(std::string_view line) {
  std::vector<std::string_view> tokens;
  for (std::size_t at = 0; at < line.size();) {
    while (at < line.size() && is_blank(line[at])) ++at;
    const std::size_t begin = at;
    while (at < line.size() && !is_blank(line[at])) ++at;
    if (at > begin) tokens.push_back(line.substr(begin, at - begin));
  }
  return tokens;
}

/// Class and coordinates of a row, or the reason why it is none.
std::optional<std::string> parse_row(std::string_view line, std::size_t classes, std::uint32_t& category,
                                     std::vector<double>& values) {
  const auto tokens = tokens_of(line);
  if (tokens.size() == 1 && line.find(',') != std::string_view::npos)
    return "values are separated by commas, expected spaces";
  double number = 0;
  if (!parse_number(tokens[0], number) || number != std::floor(number)) {
    return quoted(tokens[0]) + " is not a class index (an integer from 0)";
  }
  if (number < 0 || number >= static_cast<double>(classes)) {
    return "class " + std::string(tokens[0]) + " does not exist, there are " + std::to_string(classes) + " classes";
  }
  category = static_cast<std::uint32_t>(number);
  if (tokens.size() != 5 && (tokens.size() < 7 || tokens.size() % 2 == 0)) {
    return "has " + std::to_string(tokens.size()) + " values, expected 5 (box) or an odd number from 7 (polygon)";
  }
  values.clear();
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    if (!parse_number(tokens[i], number)) return quoted(tokens[i]) + " is not a finite number";
    if (number < kLowest || number > kHighest) {
      return quoted(tokens[i]) + " is out of range, coordinates are relative to the image size (0 to 1)";
    }
    values.push_back(number);
  }
  if (values.size() == 4 && (values[2] < 0 || values[3] < 0)) return "has a negative width or height";
  return std::nullopt;
}

void set_box(Object& object, const std::vector<double>& v, double width, double height) {
  object.box = {(v[0] - v[2] / 2) * width, (v[1] - v[3] / 2) * height, v[2] * width, v[3] * height};
  object.area = object.box[2] * object.box[3];
}

/// Twice the signed area by the shoelace formula.
double doubled_area(std::span<const double> ring) {
  double sum = 0;
  for (std::size_t i = 0; i < ring.size(); i += 2) {
    const std::size_t next = i + 2 == ring.size() ? 0 : i + 2;
    sum += ring[i] * ring[next + 1] - ring[next] * ring[i + 1];
  }
  return sum;
}

void set_polygon(Annotations& a, Object& object, std::vector<double>& v, double width, double height) {
  double low_x = v[0] * width, low_y = v[1] * height, high_x = low_x, high_y = low_y;
  for (std::size_t i = 0; i < v.size(); i += 2) {
    v[i] *= width;
    v[i + 1] *= height;
    low_x = std::min(low_x, v[i]);
    high_x = std::max(high_x, v[i]);
    low_y = std::min(low_y, v[i + 1]);
    high_y = std::max(high_y, v[i + 1]);
  }
  const Slice ring = a.add_numbers(v);
  object.shape = a.add_rings(std::span(&ring, 1));
  object.shape_kind = Shape::Polygons;
  object.box = {low_x, low_y, high_x - low_x, high_y - low_y};
  object.area = std::abs(doubled_area(v)) / 2;
}

void read_row(std::string_view line, const std::string& file, std::size_t number, std::uint32_t image, Annotations& a,
              Findings& findings, std::vector<double>& values) {
  Object object;
  const auto where = [number] { return "line " + std::to_string(number); };
  if (const auto problem = parse_row(line, a.categories.size(), object.category, values)) {
    findings.add({"MalformedRow", file, where(), *problem});
    return;
  }
  object.id = static_cast<std::int64_t>(a.objects.size()) + 1;
  object.image = image;
  object.has_box = object.has_area = object.has_crowd = true;  // so that COCO gets area and iscrowd, which it requires
  const double width = a.images[image].width;
  const double height = a.images[image].height;
  if (values.size() == 4) {
    set_box(object, values, width, height);
  } else {
    set_polygon(a, object, values, width, height);
  }
  check_box(a, object, file, where(), findings);
  a.objects.push_back(object);
}

}  // namespace

YoloRows yolo_rows(const std::vector<Task>& tasks) {
  return std::find(tasks.begin(), tasks.end(), Task::Segmentation) != tasks.end() ? YoloRows::Polygons
                                                                                  : YoloRows::Boxes;
}

void read_yolo_labels(std::string_view text, const std::string& file, std::uint32_t image, Annotations& a,
                      Findings& findings) {
  std::vector<double> values;
  for_each_row(text, file, findings, [&](std::string_view line, std::size_t number) {
    read_row(line, file, number, image, a, findings, values);
  });
}

}  // namespace visionops::annotations
