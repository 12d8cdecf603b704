#include "worker/dataset/formats/yolo/yolo_row.h"

#include <algorithm>
#include <cmath>

#include "worker/dataset/model/label_files.h"

namespace visionops::annotations {

namespace {

constexpr double kLowest = -0.01;  // what Ultralytics' verify_image_label accepts
constexpr double kHighest = 1.01;
constexpr std::size_t kBox = 4;      // values
constexpr std::size_t kCorners = 8;  // of an oriented box
constexpr std::size_t kPolygon = 6;  // at least
constexpr double kWithin = 1e-3;     // of the image: keypoints are rounded apart from their box

using Problem = std::optional<std::string>;
using Meaning = YoloRow::Meaning;

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

Problem read_class(std::string_view token, std::size_t classes, YoloRow& row) {
  double number = 0;
  if (!parse_number(token, number) || number != std::floor(number)) {
    return quoted(token) + " is not a class index (an integer from 0)";
  }
  if (number < 0 || number >= static_cast<double>(classes)) {
    return "class " + std::string(token) + " does not exist, there are " + std::to_string(classes) + " classes";
  }
  row.category = static_cast<std::uint32_t>(number);
  return std::nullopt;
}

Problem read_values(std::span<const std::string_view> tokens, YoloRow& row) {
  row.values.clear();
  for (const auto token : tokens) {
    double number = 0;
    if (!parse_number(token, number)) return quoted(token) + " is not a finite number";
    row.values.push_back(number);
  }
  return std::nullopt;
}

std::string has_values(const YoloRow& row) { return "has " + std::to_string(row.values.size() + 1) + " values, "; }

std::string shape_text(const KeypointShape& shape) {
  return "[" + std::to_string(shape.keypoints) + ", " + std::to_string(shape.values) + "]";
}

Problem find_pose(const KeypointShape& shape, YoloRow& row) {
  const std::size_t wanted = kBox + shape.keypoints * shape.values;
  row.meaning = Meaning::Pose;
  if (row.values.size() == wanted) return std::nullopt;
  return has_values(row) + "expected " + std::to_string(wanted + 1) + ": class, box and keypoints, as kpt_shape " +
         shape_text(shape) + " says";
}

Problem find_oriented(YoloRow& row) {
  row.meaning = row.values.size() == kBox ? Meaning::Box : Meaning::OrientedBox;
  if (row.values.size() == kBox || row.values.size() == kCorners) return std::nullopt;
  return has_values(row) + "expected 5 (box) or 9 (oriented box)";
}

Problem find_plain(LongRows said, YoloRow& row) {
  const std::size_t count = row.values.size();
  if (said == LongRows::Unsaid && fits_keypoints(row.values, 3)) {
    const KeypointShape shape{(count - kBox) / 3, 3};
    return has_values(row) +
           "which are a box and keypoints with their visibility, and data.yaml has no kpt_shape: " + shape_text(shape) +
           "; it is not read as a polygon";
  }
  row.meaning = count == kBox ? Meaning::Box : Meaning::Polygon;
  if (count == kBox || (count >= kPolygon && count % 2 == 0)) return std::nullopt;
  const std::string hint = count == kBox + 1 ? "; a box and its confidence are a prediction, no annotation" : "";
  return has_values(row) + "expected 5 (box) or an odd number from 7 (polygon)" + hint;
}

Problem find_meaning(const YoloRowRules& rules, YoloRow& row) {
  if (rules.keypoints) return find_pose(*rules.keypoints, row);
  return rules.long_rows == LongRows::OrientedBoxes ? find_oriented(row) : find_plain(rules.long_rows, row);
}

bool is_visibility(double value) { return value == 0 || value == 1 || value == 2; }

/// Whether value `i` of the row is the visibility of a keypoint.
bool is_flag(const YoloRow& row, const YoloRowRules& rules, std::size_t i) {
  return row.meaning == Meaning::Pose && rules.keypoints->values == 3 && i >= kBox && (i - kBox) % 3 == 2;
}

Problem check_values(const YoloRow& row, const YoloRowRules& rules, std::span<const std::string_view> tokens) {
  for (std::size_t i = 0; i < row.values.size(); ++i) {
    const double value = row.values[i];
    if (is_flag(row, rules, i)) {
      if (!is_visibility(value)) return "visibility " + quoted(tokens[i]) + " is not 0, 1 or 2";
    } else if (value < kLowest || value > kHighest) {
      return quoted(tokens[i]) + " is out of range, coordinates are relative to the image size (0 to 1)";
    }
  }
  const bool box = row.meaning == Meaning::Box || row.meaning == Meaning::Pose;
  if (box && (row.values[2] < 0 || row.values[3] < 0)) return "has a negative width or height";
  return std::nullopt;
}

}  // namespace

bool fits_keypoints(std::span<const double> values, std::size_t values_each) {
  if (values.size() <= kBox || (values.size() - kBox) % values_each != 0) return false;
  const auto in_box = [&](double value, std::size_t axis) {
    return std::abs(value - values[axis]) <= values[axis + 2] / 2 + kWithin;
  };
  for (std::size_t i = kBox; i < values.size(); i += values_each) {
    if (values_each == 3 && !is_visibility(values[i + 2])) return false;
    const bool nowhere = values[i] == 0 && values[i + 1] == 0;
    if (!nowhere && (!in_box(values[i], 0) || !in_box(values[i + 1], 1))) return false;
  }
  return true;
}

std::optional<std::string> parse_yolo_row(std::string_view line, std::size_t classes, const YoloRowRules& rules,
                                          YoloRow& row) {
  const auto tokens = tokens_of(line);
  if (tokens.size() == 1 && line.find(',') != std::string_view::npos)
    return "values are separated by commas, expected spaces";
  const auto behind_class = std::span(tokens).subspan(1);
  if (auto problem = read_class(tokens[0], classes, row)) return problem;
  if (auto problem = read_values(behind_class, row)) return problem;
  if (auto problem = find_meaning(rules, row)) return problem;
  return check_values(row, rules, behind_class);
}

}  // namespace visionops::annotations
