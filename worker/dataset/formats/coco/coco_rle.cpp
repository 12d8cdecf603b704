#include "worker/dataset/formats/coco/coco_rle.h"

#include <algorithm>

#include "worker/dataset/formats/coco/coco_value.h"
#include "worker/dataset/model/rle.h"

namespace visionops::annotations {

namespace {

using simdjson::ondemand::value;

bool read_size(value& v, std::array<std::int32_t, 2>& out) {
  simdjson::ondemand::array list;
  if (v.get_array().get(list) != simdjson::SUCCESS) return false;
  std::size_t count = 0;
  for (auto item : list) {
    std::int64_t side = 0;
    if (item.get_int64().get(side) != simdjson::SUCCESS || side < 0 || side > INT32_MAX || count == 2) return false;
    out[count++] = static_cast<std::int32_t>(side);
  }
  return count == 2;
}

bool read_counts(value& v, Annotations& a, Object& out) {
  if (!is_array(v)) {
    std::string text;
    if (!read_string(v, text)) return false;
    out.shape = a.add_text(text);
    out.shape_kind = Shape::RleCompressed;
    return true;
  }
  simdjson::ondemand::array list;
  if (v.get_array().get(list) != simdjson::SUCCESS) return false;
  const std::size_t begin = a.numbers.size();
  for (auto item : list) {
    double run = 0;
    if (item.get_double().get(run) != simdjson::SUCCESS) return false;
    a.numbers.push_back(run);
  }
  out.shape = {begin, static_cast<std::uint32_t>(a.numbers.size() - begin)};
  out.shape_kind = Shape::RleCounts;
  return true;
}

}  // namespace

std::optional<std::string> rle_problem(const Annotations& a, const Object& object) {
  const auto [height, width] = object.rle_size;
  if (object.shape_kind == Shape::RleCounts) {
    const auto checked = check_rle_counts(a.number_span(object.shape), height, width);
    return checked.ok() ? std::nullopt : std::optional(checked.error().message);
  }
  const auto runs = decode_rle(a.text_view(object.shape), height, width);
  return runs.ok() ? std::nullopt : std::optional(runs.error().message);
}

std::vector<std::int64_t> rle_runs(const Annotations& a, const Object& object) {
  if (rle_problem(a, object)) return {};
  if (object.shape_kind == Shape::RleCompressed) {
    return *decode_rle(a.text_view(object.shape), object.rle_size[0], object.rle_size[1]);
  }
  const auto counts = a.number_span(object.shape);
  return {counts.begin(), counts.end()};
}

std::optional<std::array<double, 4>> rle_bounds(std::span<const std::int64_t> runs, std::int64_t height) {
  std::int64_t left = INT64_MAX, top = INT64_MAX, right = -1, bottom = -1, at = 0;
  for (std::size_t i = 0; i < runs.size(); at += runs[i++]) {
    if (i % 2 == 0 || runs[i] == 0) continue;
    const std::int64_t last = at + runs[i] - 1;
    left = std::min(left, at / height);
    right = last / height;
    const bool one_column = at / height == last / height;
    top = one_column ? std::min(top, at % height) : 0;
    bottom = one_column ? std::max(bottom, last % height) : height - 1;
  }
  if (right < 0) return std::nullopt;
  return std::array<double, 4>{static_cast<double>(left), static_cast<double>(top),
                               static_cast<double>(right - left + 1), static_cast<double>(bottom - top + 1)};
}

bool read_rle(value& v, Annotations& a, Object& out) {
  simdjson::ondemand::object fields;
  if (v.get_object().get(fields) != simdjson::SUCCESS) return false;
  bool has_size = false;
  for (auto item : fields) {
    simdjson::ondemand::field field;
    std::string_view key;
    if (std::move(item).get(field) != simdjson::SUCCESS || field.unescaped_key().get(key) != simdjson::SUCCESS) {
      return false;
    }
    value member = field.value();
    if (key == "size" && !has_size) {
      if (!(has_size = read_size(member, out.rle_size))) return false;
    } else if (key != "counts" || out.shape_kind != Shape::None || !read_counts(member, a, out)) {
      return false;
    }
  }
  return has_size && out.shape_kind != Shape::None && !rle_problem(a, out);
}

}  // namespace visionops::annotations
