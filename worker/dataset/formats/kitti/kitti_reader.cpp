#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "worker/dataset/formats/kitti/kitti.h"
#include "worker/dataset/formats/utf8_rows.h"
#include "worker/dataset/model/geometry_check.h"
#include "worker/dataset/model/label_files.h"
#include "worker/dataset/text/json_members.h"

namespace visionops::kitti {

namespace {

using annotations::Annotations;
using annotations::Object;

constexpr double kFar = 1 << 24;  // pixels, metres

struct Row {
  std::string_view type;
  std::array<double, kRow + 1> values{};  ///< [0] stands for the type
  bool has_score = false;
};

std::vector<std::string_view> tokens_of(std::string_view line) {
  std::vector<std::string_view> tokens;
  for (auto begin = line.find_first_not_of(" \t"); begin != std::string_view::npos;) {
    const auto end = std::min(line.find_first_of(" \t", begin), line.size());
    tokens.push_back(line.substr(begin, end - begin));
    begin = line.find_first_not_of(" \t", end);
  }
  return tokens;
}

/// What the row is, or why it is none.
std::optional<std::string> parse_row(std::string_view line, Row& row) {
  const auto tokens = tokens_of(line);
  if (tokens.size() != kRow && tokens.size() != kRow + 1) {
    return "has " + std::to_string(tokens.size()) + " values, expected 15 (16 with a score)";
  }
  row.type = tokens.front();
  row.has_score = tokens.size() > kRow;
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    if (!annotations::parse_number(tokens[i], row.values[i]) || std::abs(row.values[i]) > kFar) {
      return "value " + std::to_string(i + 1) + " " + annotations::quoted(tokens[i]) + " is not a number within reach";
    }
  }
  return std::nullopt;
}

std::string attributes_of(const Row& row) {
  annotations::JsonMembers members;
  for (const auto& column : kColumns) {
    if (column.first == kRow && !row.has_score) continue;
    const auto values = std::span(row.values).subspan(column.first, column.count);
    const bool told = !std::ranges::all_of(values, [&](double value) { return value == column.unknown; });
    if (!told && column.first != kRow) continue;
    std::string list;
    for (const double value : values) {
      list += list.empty() ? "" : ",";
      annotations::append_json_number(list, value);
    }
    members.add(column.attribute, column.count == 1 ? list : "[" + list + "]");
  }
  return members.text();
}

}  // namespace

void read_kitti_rows(std::string_view text, const std::string& file, std::uint32_t image, Annotations& a,
                     annotations::CategoryNames& names, annotations::Findings& findings) {
  formats::for_each_utf8_row(text, file, findings, [&](std::string_view line, std::size_t number) {
    const std::string where = "line " + std::to_string(number);
    Row row;
    if (const auto problem = parse_row(line, row)) {
      findings.add({"MalformedRow", file, where, *problem});
      return;
    }
    const auto [left, top, right, bottom] =
        std::array{row.values[kBox], row.values[kBox + 1], row.values[kBox + 2], row.values[kBox + 3]};
    if (left > right || top > bottom) {
      findings.add({"RepairedBox", file, where, "left is greater than right, or top than bottom; exchanged"});
    }
    Object object;
    object.id = static_cast<std::int64_t>(a.objects.size()) + 1;
    object.image = image;
    object.category = names.of(a, row.type);
    object.box = {std::min(left, right), std::min(top, bottom), std::abs(right - left), std::abs(bottom - top)};
    object.area = object.box[2] * object.box[3];
    object.has_box = object.has_area = object.has_crowd = true;  // COCO requires area and iscrowd
    object.ignore = object.has_ignore = row.type == kIgnored;
    const auto attributes = attributes_of(row);
    if (!attributes.empty()) object.attributes = a.add_text(attributes);
    annotations::check_box(a, object, file, where, findings);
    a.objects.push_back(object);
  });
}

}  // namespace visionops::kitti
