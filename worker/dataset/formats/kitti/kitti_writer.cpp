#include <algorithm>

#include "base/json.h"
#include "worker/dataset/formats/kitti/kitti.h"
#include "worker/dataset/model/label_files.h"
#include "worker/dataset/model/loss_counter.h"
#include "worker/dataset/model/polygon.h"
#include "worker/dataset/text/json_text.h"

namespace visionops::kitti {

namespace {

using annotations::Annotations;
using annotations::LossCounter;
using annotations::Object;
using annotations::Shape;

/// Why the object does not stand in the file; nullptr when it does.
const char* obstacle_of(const Annotations& a, const Object& object) {
  if (object.crowd) return "crowd region is left out";
  if (!annotations::corners_of(a, object)) return "has no box";
  if (object.ignore) return nullptr;
  const auto& name = a.categories[object.category].name;
  if (name.empty() || name.find_first_of(" \t\r\n") != std::string::npos) {
    return "the name of its class is empty or has blanks; remap_class_name gives it another";
  }
  return name == kIgnored ? "its class is called DontCare, which is an ignored region" : nullptr;
}

Json attributes_of(const Annotations& a, const Object& object) {
  if (object.attributes.size == 0) return Json::object();
  auto json = parse_json(a.text_view(object.attributes));
  return json && json->is_object() ? std::move(*json) : Json::object();
}

/// The values that stand for this attribute; empty when no row could hold it.
std::vector<double> values_of(const Column& column, const Json& value) {
  const Json list = column.count == 1 ? Json::array({value}) : value;
  std::vector<double> values;
  if (!list.is_array() || list.size() != column.count) return values;
  for (const auto& entry : list) {
    if (!entry.is_number()) return {};
    values.push_back(entry.get<double>());
    if (entry.is_number_integer() && entry != Json(values.back())) return {};
  }
  const bool told = !std::ranges::all_of(values, [&](double v) { return v == column.unknown; });
  return told || column.first == kRow ? values : std::vector<double>();
}

/// nullptr when no column is for it.
const Column* column_of(const std::string& attribute) {
  const auto* at = std::ranges::find_if(kColumns, [&](const Column& column) { return attribute == column.attribute; });
  return at == kColumns.end() ? nullptr : at;
}

void append_columns(std::string& out, const Json& attributes, std::size_t from, std::size_t to) {
  for (const auto& column : kColumns) {
    if (column.first < from || column.first >= to) continue;
    const auto at = attributes.find(column.attribute);
    auto values = at == attributes.end() ? std::vector<double>() : values_of(column, *at);
    if (values.empty() && column.first == kRow) continue;  // no score
    if (values.empty()) values.assign(column.count, column.unknown);
    for (const double value : values) {
      out += ' ';
      annotations::append_json_number(out, value);
    }
  }
}

void append_row(std::string& out, const Annotations& a, const Object& object) {
  const Json attributes = attributes_of(a, object);
  out += object.ignore ? std::string(kIgnored) : a.categories[object.category].name;
  append_columns(out, attributes, 0, kBox);
  const auto corners = *annotations::corners_of(a, object);
  for (const double side : corners) {
    out += ' ';
    annotations::append_json_number(out, side);
  }
  append_columns(out, attributes, kBox, kRow + 1);
  out += '\n';
}

void count_attributes(const Annotations& a, std::size_t i, bool kept, LossCounter& loss) {
  const Json attributes = attributes_of(a, a.objects[i]);
  for (const auto& [key, value] : attributes.items()) {
    const auto* column = column_of(key);
    if (kept && column != nullptr && !values_of(*column, value).empty()) continue;
    loss.add(LossKind::Attributes, i,
             [&, &k = key, &v = value] { return annotations::quoted(k) + " " + dump_json(v).substr(0, 80); });
  }
}

void count_object(const Annotations& a, std::size_t i, LossCounter& loss) {
  const Object& object = a.objects[i];
  const char* obstacle = obstacle_of(a, object);
  const auto count = [&](bool it, LossKind kind, const char* what) {
    if (it) loss.add(kind, i, [what] { return std::string(what); });
  };
  const bool renamed = object.ignore && a.categories[object.category].name != kIgnored;
  count(object.crowd, LossKind::Crowd, obstacle);
  count(obstacle != nullptr && !object.crowd, LossKind::Objects, obstacle);
  count(renamed && obstacle == nullptr, LossKind::Ignore, "ignored region becomes DontCare without its class");
  count(object.shape_kind != Shape::None && (object.shape_kind != Shape::Polygons || object.shape.size > 0),
        LossKind::Masks, object.shape_kind == Shape::OrientedBox ? "oriented box becomes its bounds" : "mask");
  count(object.keypoints.size > 0, LossKind::Keypoints, "keypoints");
  count(object.extra.size > 0, LossKind::UnknownKeys, "unknown keys");
  count_attributes(a, i, obstacle == nullptr, loss);
}

}  // namespace

annotations::LossReport kitti_loss(const Annotations& a, const std::vector<Task>& tasks) {
  LossCounter loss(a);
  const auto nowhere = [](const annotations::Category&) { return false; };
  annotations::count_lost_categories(a, kitti_keeps(a, tasks), nowhere, loss);
  for (std::size_t i = 0; i < a.objects.size(); ++i) count_object(a, i, loss);
  annotations::count_unknown_keys(a, loss);
  return loss.report();
}

std::vector<bool> kitti_keeps(const Annotations& a, const std::vector<Task>&) {
  std::vector<bool> kept;
  kept.reserve(a.objects.size());
  for (const auto& object : a.objects) kept.push_back(obstacle_of(a, object) == nullptr);
  return kept;
}

std::string write_kitti_rows(const Annotations& a, std::span<const std::uint32_t> objects) {
  std::string out;
  for (const auto index : objects) {
    if (obstacle_of(a, a.objects[index]) == nullptr) append_row(out, a, a.objects[index]);
  }
  return out;
}

}  // namespace visionops::kitti
