#include "worker/dataset/formats/coco/coco_element.h"

#include <algorithm>
#include <array>

#include "worker/dataset/formats/coco/coco_rle.h"
#include "worker/dataset/formats/coco/coco_value.h"
#include "worker/dataset/text/json_text.h"
#include "worker/dataset/text/plain_decimal.h"

namespace visionops::annotations {

namespace {

using simdjson::ondemand::value;

bool read_id(value& v, std::int64_t& out) { return read_integer(v, out) && !is_text_id(out); }

/// Width or height of an image.
bool read_side(value& v, std::int32_t& out, bool& given) {
  std::int64_t side = 0;
  if (!read_integer(v, side) || side < 0 || side > kMaxSide) return false;
  out = static_cast<std::int32_t>(side);
  given = true;
  return true;
}

/// Most of a file are these. The parser pads its input, so eight bytes can be read at every token.
bool read_coordinate(simdjson::simdjson_result<value>& item, double& out) {
  value v;
  if (item.get(v) != simdjson::SUCCESS) return false;
  const std::string_view token = v.raw_json_token();
  return read_plain_decimal(token.data(), token.size(), out) || v.get_double().get(out) == simdjson::SUCCESS;
}

bool read_box(value& v, Object& out) {
  simdjson::ondemand::array list;
  if (v.get_array().get(list) != simdjson::SUCCESS) return false;
  std::size_t count = 0;
  for (auto item : list) {
    double number = 0;
    if (item.get_double().get(number) != simdjson::SUCCESS || count == 4) return false;
    out.box[count++] = number;
  }
  out.has_box = count == 4 && out.box[2] >= 0 && out.box[3] >= 0;
  return out.has_box;
}

/// A null of these says nothing and must not stand beside the value that is found for it.
bool is_filled_later(std::string_view key) {
  static constexpr std::array<std::string_view, 5> keys{"id", "bbox", "area", "width", "height"};
  return std::ranges::find(keys, key) != keys.end();
}

}  // namespace

void CocoElementParser::keep_unknown(std::string_view key, std::string_view raw) {
  unknown_ += unknown_.empty() ? '{' : ',';
  append_json_string(unknown_, key);
  unknown_ += ':';
  unknown_ += raw;
}

std::string CocoElementParser::take_unknown() {
  if (unknown_.empty()) return {};
  unknown_ += '}';
  return std::exchange(unknown_, {});
}

/// on_field(key, value, known) may clear `known`, then the value is kept as text; it must not have consumed it.
template <class OnField>
bool CocoElementParser::for_each_field(std::string_view text, const OnField& on_field) {
  keys_.clear();
  unknown_.clear();
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  const simdjson::padded_string_view padded(text.data(), text.size(), text.size() + simdjson::SIMDJSON_PADDING);
  if (parser_.iterate(padded).get(document) != simdjson::SUCCESS) return false;
  if (document.get_object().get(object) != simdjson::SUCCESS) return false;
  for (auto item : object) {
    simdjson::ondemand::field field;
    std::string_view key;
    if (std::move(item).get(field) != simdjson::SUCCESS) return false;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS) return false;
    if (std::ranges::find(keys_, key) != keys_.end() || keys_.size() == kMaxKeysOfElement) return false;
    keys_.push_back(key);
    value v = field.value();
    bool known = !is_null(v);
    if (known ? !on_field(key, v, known) : is_filled_later(key)) return false;
    if (known) continue;
    std::string_view raw;
    if (!raw_text(v, raw) || find_json_fault(raw)) return false;
    keep_unknown(key, raw);
  }
  return true;
}

bool CocoElementParser::parse_image(std::string_view text, Image& out) {
  bool has_id = false;
  bool has_name = false;
  const bool plain = for_each_field(text, [&](std::string_view key, Value& value, bool& known) {
    if (key == "id") return has_id = read_id(value, out.id);
    if (key == "file_name") return has_name = read_string(value, out.file_name) && !out.file_name.empty();
    if (key == "width") return read_side(value, out.width, out.has_width);
    if (key == "height") return read_side(value, out.height, out.has_height);
    known = false;
    return true;
  });
  out.extra = take_unknown();
  return plain && has_id && has_name;
}

bool CocoElementParser::parse_category(std::string_view text, Category& out) {
  bool has_id = false;
  bool has_name = false;
  const bool plain = for_each_field(text, [&](std::string_view key, Value& value, bool& known) {
    if (key == "id") return has_id = read_id(value, out.id);
    if (key == "name") return has_name = read_string(value, out.name);
    if (key == "supercategory") return out.has_supercategory = read_string(value, out.supercategory);
    known = false;
    return true;
  });
  out.extra = take_unknown();
  return plain && has_id && has_name;
}

bool CocoElementParser::parse_object(std::string_view text, Annotations& a, CocoObject& out) {
  const ArenaMark mark(a);
  bool has_image = false;
  bool has_category = false;
  const bool plain = for_each_field(text, [&](std::string_view key, Value& value, bool& known) {
    if (key == "image_id") return has_image = read_id(value, out.image_id);
    if (key == "category_id") return has_category = read_id(value, out.category_id);
    return object_field(key, value, a, out, known);
  });
  const bool boxed = out.object.has_box || out.object.shape_kind == Shape::None;
  if (!plain || !has_image || !has_category || !boxed) {
    mark.take_back(a);
    return false;
  }
  if (!unknown_.empty()) out.object.extra = a.add_text(take_unknown());
  return true;
}

bool CocoElementParser::object_field(std::string_view key, Value& value, Annotations& a, CocoObject& out, bool& known) {
  Object& object = out.object;
  if (key == "segmentation") return segmentation(value, a, object);
  if (key == "bbox") return read_box(value, object);
  if (key == "id") return out.has_id = read_id(value, object.id);
  if (key == "area") return object.has_area = read_number(value, object.area);
  if (key == "iscrowd") return read_flag(value, object.crowd, object.has_crowd, known);
  if (key == "ignore") return read_flag(value, object.ignore, object.has_ignore, known);
  if (key == "keypoints") return keypoints(value, a, object, known);
  std::string_view raw;
  known = key == "attributes" && is_object(value);
  if (!known) return true;
  if (!raw_text(value, raw) || find_json_fault(raw)) return false;
  object.attributes = a.add_text(raw);
  return true;
}

bool CocoElementParser::segmentation(Value& value, Annotations& a, Object& out) {
  if (is_array(value)) return polygons(value, a, out);
  return is_object(value) && read_rle(value, a, out);
}

bool CocoElementParser::polygons(Value& value, Annotations& a, Object& out) {
  simdjson::ondemand::array list;
  if (value.get_array().get(list) != simdjson::SUCCESS) return false;
  rings_.clear();
  for (auto item : list) {
    simdjson::ondemand::array ring;
    if (item.get_array().get(ring) != simdjson::SUCCESS) return false;
    const std::size_t begin = a.numbers.size();
    for (auto coordinate : ring) {
      double number = 0;
      if (!read_coordinate(coordinate, number)) return false;
      a.numbers.push_back(number);
    }
    const std::size_t size = a.numbers.size() - begin;
    if (!is_ring(size)) return false;
    rings_.push_back({begin, static_cast<std::uint32_t>(size)});
  }
  out.shape = a.add_rings(rings_);
  out.shape_kind = Shape::Polygons;
  return true;
}

bool CocoElementParser::keypoints(Value& value, Annotations& a, Object& out, bool& known) {
  if (!is_array(value)) {
    known = false;
    return true;
  }
  const std::size_t begin = a.numbers.size();
  simdjson::ondemand::array list;
  if (value.get_array().get(list) != simdjson::SUCCESS) return false;
  for (auto item : list) {
    double number = 0;
    if (item.get_double().get(number) != simdjson::SUCCESS) return false;
    a.numbers.push_back(number);
  }
  const std::size_t size = a.numbers.size() - begin;
  if (size == 0) keep_unknown("keypoints", "[]");  // the model cannot tell an empty list from none
  out.keypoints = {begin, static_cast<std::uint32_t>(size)};
  return size % 3 == 0;
}

}  // namespace visionops::annotations
