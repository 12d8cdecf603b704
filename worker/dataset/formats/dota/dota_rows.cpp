#include "worker/dataset/formats/dota/dota_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include "worker/dataset/model/geometry_check.h"
#include "worker/dataset/model/label_files.h"
#include "worker/dataset/text/json_text.h"

namespace visionops::annotations {

namespace {

constexpr std::size_t kCorners = 8;
constexpr double kFar = 1 << 24;  // pixels

struct Row {
  std::array<double, kCorners> corners{};
  std::string_view category;
  std::optional<int> difficult;
};

std::vector<std::string_view> tokens_of(std::string_view line) {
  constexpr std::string_view blanks = " \t";
  std::vector<std::string_view> tokens;
  for (auto begin = line.find_first_not_of(blanks); begin != std::string_view::npos;) {
    const auto end = std::min(line.find_first_of(blanks, begin), line.size());
    tokens.push_back(line.substr(begin, end - begin));
    begin = line.find_first_not_of(blanks, end);
  }
  return tokens;
}

/// "imagesource:..." or "gsd:..."
bool is_head(std::string_view line) { return line.starts_with("imagesource:") || line.starts_with("gsd:"); }

void add_head(std::string_view line, Image& image) {
  const auto colon = line.find(':');
  std::string member;
  append_json_string(member, line.substr(0, colon));
  member += ':';
  append_json_string(member, line.substr(colon + 1));
  if (image.extra.find(member.substr(0, colon + 3)) != std::string::npos) return;  // said before
  image.extra =
      image.extra.empty() ? "{" + member + "}" : image.extra.substr(0, image.extra.size() - 1) + "," + member + "}";
}

std::optional<std::string> parse_row(std::string_view line, Row& row) {
  const auto tokens = tokens_of(line);
  if (tokens.size() != kCorners + 1 && tokens.size() != kCorners + 2) {
    return "has " + std::to_string(tokens.size()) + " values, expected x1 y1 x2 y2 x3 y3 x4 y4 category difficult";
  }
  for (std::size_t i = 0; i < kCorners; ++i) {
    double& value = row.corners[i];
    if (!parse_number(tokens[i], value)) return quoted(tokens[i]) + " is not a finite number";
    if (value < -kFar || value > kFar) return quoted(tokens[i]) + " is out of range";
  }
  row.category = tokens[kCorners];
  row.difficult.reset();
  if (tokens.size() == kCorners + 1) return std::nullopt;
  const auto difficult = tokens.back();
  if (difficult != "0" && difficult != "1" && difficult != "2")
    return quoted(difficult) + " is not 0, 1 or 2 (difficult)";
  row.difficult = difficult[0] - '0';
  return std::nullopt;
}

std::uint32_t category_of(std::string_view name, Annotations& a) {
  const auto at = std::ranges::find(a.categories, name, &Category::name);
  if (at != a.categories.end()) return static_cast<std::uint32_t>(at - a.categories.begin());
  a.categories.emplace_back();
  a.categories.back().id = static_cast<std::int64_t>(a.categories.size());
  a.categories.back().name = name;
  return static_cast<std::uint32_t>(a.categories.size() - 1);
}

void set_geometry(const Row& row, Annotations& a, Object& object) {
  const auto& c = row.corners;
  const auto [left, right] = std::minmax({c[0], c[2], c[4], c[6]});
  const auto [top, bottom] = std::minmax({c[1], c[3], c[5], c[7]});
  object.box = {left, top, right - left, bottom - top};
  object.area = std::abs((c[0] - c[4]) * (c[3] - c[7]) - (c[2] - c[6]) * (c[1] - c[5])) / 2;  // of the diagonals
  object.shape = a.add_numbers(c);
  object.shape_kind = Shape::OrientedBox;
}

}  // namespace

void read_dota_rows(std::string_view text, const std::string& file, std::uint32_t image, Annotations& a,
                    Findings& findings) {
  for_each_row(text, file, findings, [&](std::string_view line, std::size_t number) {
    if (is_head(line)) return add_head(line, a.images[image]);
    const std::string where = "line " + std::to_string(number);
    Row row;
    if (const auto problem = parse_row(line, row)) return findings.add({"MalformedRow", file, where, *problem});
    Object object;
    object.id = static_cast<std::int64_t>(a.objects.size()) + 1;
    object.image = image;
    object.category = category_of(row.category, a);
    object.has_box = object.has_area = object.has_crowd = true;  // COCO requires area and iscrowd
    set_geometry(row, a, object);
    if (row.difficult) object.attributes = a.add_text("{\"difficult\":" + std::to_string(*row.difficult) + "}");
    check_box(a, object, file, where, findings);
    a.objects.push_back(object);
  });
}

}  // namespace visionops::annotations
