#include "worker/dataset/formats/coco/coco_element.h"

#include <algorithm>
#include <cmath>

#include "worker/dataset/formats/coco/coco_value.h"
#include "worker/dataset/text/json_text.h"
#include "worker/dataset/text/plain_decimal.h"

namespace visionops::annotations {

namespace {

constexpr std::size_t kMaxKeys = 256;
constexpr std::int32_t kMaxSide = 1 << 24;  // pixels; keeps every product of two sides within 64 bits

std::optional<Fault> missing(const char* field) { return Fault{field, "is required"}; }

/// Width or height of an image.
std::optional<Fault> read_side(simdjson::ondemand::value& value, const char* field, std::int32_t& out, bool& given) {
  std::int64_t side = 0;
  if (auto fault = read_integer(value, field, side)) return fault;
  if (side < 0 || side > kMaxSide) return Fault{field, "is " + std::to_string(side) + ", out of range"};
  out = static_cast<std::int32_t>(side);
  given = true;
  return std::nullopt;
}

/// Most of a file are these. The parser pads its input, so eight bytes can be read at every token.
bool read_coordinate(simdjson::simdjson_result<simdjson::ondemand::value>& item, double& out) {
  simdjson::ondemand::value value;
  if (item.get(value) != simdjson::SUCCESS) return false;
  const std::string_view token = value.raw_json_token();
  return read_plain_decimal(token.data(), token.size(), out) || value.get_double().get(out) == simdjson::SUCCESS;
}

std::optional<Fault> read_box(simdjson::ondemand::value& value, Object& out) {
  simdjson::ondemand::array list;
  if (value.get_array().get(list) != simdjson::SUCCESS) return Fault{"bbox", "expected a list of 4 numbers"};
  std::size_t count = 0;
  for (auto item : list) {
    double number = 0;
    if (item.get_double().get(number) != simdjson::SUCCESS) return Fault{"bbox", "expected 4 numbers"};
    if (count < 4) out.box[count] = number;
    ++count;
  }
  if (count != 4) return Fault{"bbox", "has " + std::to_string(count) + " values, expected 4"};
  if (out.box[2] < 0 || out.box[3] < 0) return Fault{"bbox", "has a negative width or height"};
  out.has_box = true;
  return std::nullopt;
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
std::optional<Fault> CocoElementParser::for_each_field(std::string_view text, const OnField& on_field) {
  keys_.clear();
  unknown_.clear();
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  const simdjson::padded_string_view padded(text.data(), text.size(), text.size() + simdjson::SIMDJSON_PADDING);
  if (const auto error = parser_.iterate(padded).get(document)) return Fault{"", simdjson::error_message(error)};
  if (document.get_object().get(object) != simdjson::SUCCESS) return Fault{"", "expected an object"};
  for (auto item : object) {
    simdjson::ondemand::field field;
    std::string_view key;
    if (const auto error = std::move(item).get(field)) return Fault{"", simdjson::error_message(error)};
    if (const auto error = field.unescaped_key().get(key)) return Fault{"", simdjson::error_message(error)};
    if (std::find(keys_.begin(), keys_.end(), key) != keys_.end()) return Fault{std::string(key), "stands twice"};
    if (keys_.size() == kMaxKeys) return Fault{"", "has more than 256 keys"};
    keys_.push_back(key);
    simdjson::ondemand::value value = field.value();
    bool known = !is_null(value);
    if (known) {
      if (auto fault = on_field(key, value, known)) return fault;
    }
    if (known) continue;
    std::string_view raw;
    if (!raw_text(value, raw) || find_json_fault(raw)) return Fault{std::string(key), "malformed value"};
    keep_unknown(key, raw);
  }
  return std::nullopt;
}

std::optional<Fault> CocoElementParser::parse_image(std::string_view text, Image& out) {
  bool has_id = false;
  bool has_name = false;
  auto fault = for_each_field(text, [&](std::string_view key, Value& value, bool& known) -> std::optional<Fault> {
    if (key == "id") {
      has_id = true;
      return read_integer(value, "id", out.id);
    }
    if (key == "file_name") {
      has_name = true;
      return read_string(value, "file_name", out.file_name);
    }
    if (key == "width") return read_side(value, "width", out.width, out.has_width);
    if (key == "height") return read_side(value, "height", out.height, out.has_height);
    known = false;
    return std::nullopt;
  });
  out.extra = take_unknown();
  if (!fault && !has_id) fault = missing("id");
  if (!fault && !has_name) fault = missing("file_name");
  return fault;
}

std::optional<Fault> CocoElementParser::parse_category(std::string_view text, Category& out) {
  bool has_id = false;
  bool has_name = false;
  auto fault = for_each_field(text, [&](std::string_view key, Value& value, bool& known) -> std::optional<Fault> {
    if (key == "id") {
      has_id = true;
      return read_integer(value, "id", out.id);
    }
    if (key == "name") {
      has_name = true;
      return read_string(value, "name", out.name);
    }
    if (key == "supercategory") {
      out.has_supercategory = true;
      return read_string(value, "supercategory", out.supercategory);
    }
    known = false;
    return std::nullopt;
  });
  out.extra = take_unknown();
  if (!fault && !has_id) fault = missing("id");
  if (!fault && !has_name) fault = missing("name");
  return fault;
}

std::optional<Fault> CocoElementParser::parse_object(std::string_view text, Annotations& a, CocoObject& out) {
  const std::size_t numbers = a.numbers.size();
  const std::size_t rings = a.rings.size();
  const std::size_t texts = a.text.size();
  bool has_image = false;
  bool has_category = false;
  auto fault = for_each_field(text, [&](std::string_view key, Value& value, bool& known) -> std::optional<Fault> {
    if (key == "image_id") {
      has_image = true;
      return read_integer(value, "image_id", out.image_id);
    }
    if (key == "category_id") {
      has_category = true;
      return read_integer(value, "category_id", out.category_id);
    }
    return object_field(key, value, a, out, known);
  });
  if (!fault && !has_image) fault = missing("image_id");
  if (!fault && !has_category) fault = missing("category_id");
  if (!fault && !unknown_.empty()) out.object.extra = a.add_text(take_unknown());
  if (fault) {
    a.numbers.resize(numbers);
    a.rings.resize(rings);
    a.text.resize(texts);
  }
  return fault;
}

std::optional<Fault> CocoElementParser::object_field(std::string_view key, Value& value, Annotations& a,
                                                     CocoObject& out, bool& known) {
  Object& object = out.object;
  if (key == "segmentation") return segmentation(value, a, out, known);
  if (key == "bbox") return read_box(value, object);
  if (key == "id") {
    out.has_id = true;
    return read_integer(value, "id", object.id);
  }
  if (key == "area") {
    object.has_area = true;
    return read_number(value, "area", object.area);
  }
  if (key == "iscrowd") return read_flag(value, "iscrowd", object.crowd, object.has_crowd, known);
  if (key == "ignore") return read_flag(value, "ignore", object.ignore, object.has_ignore, known);
  if (key == "keypoints") return keypoints(value, a, out, known);
  std::string_view raw;
  known = key == "attributes" && is_object(value);
  if (!known) return std::nullopt;
  if (!raw_text(value, raw) || find_json_fault(raw)) return Fault{"attributes", "malformed value"};
  object.attributes = a.add_text(raw);
  return std::nullopt;
}

std::optional<Fault> CocoElementParser::segmentation(Value& value, Annotations& a, CocoObject& out, bool& known) {
  if (is_array(value)) return polygons(value, a, out);
  if (is_object(value)) return rle(value, a, out);
  known = false;  // some tools write a string or a number here: no mask, but nothing to lose on the way back
  return std::nullopt;
}

std::optional<Fault> CocoElementParser::polygons(Value& value, Annotations& a, CocoObject& out) {
  simdjson::ondemand::array list;
  if (value.get_array().get(list) != simdjson::SUCCESS) return Fault{"segmentation", "malformed list"};
  rings_.clear();
  std::size_t index = 0;
  for (auto item : list) {
    const auto field = [at = index++] { return "segmentation[" + std::to_string(at) + "]"; };
    simdjson::ondemand::array ring;
    if (item.get_array().get(ring) != simdjson::SUCCESS) return Fault{field(), "expected a list of numbers"};
    const std::size_t begin = a.numbers.size();
    for (auto coordinate : ring) {
      double number = 0;
      if (!read_coordinate(coordinate, number)) return Fault{field(), "expected numbers"};
      a.numbers.push_back(number);
    }
    const std::size_t size = a.numbers.size() - begin;
    if (size >= 6 && size % 2 == 0) {
      rings_.push_back({begin, static_cast<std::uint32_t>(size)});
      continue;
    }
    a.numbers.resize(begin);
    const std::string counted =
        "has " + std::to_string(size) + " numbers; a polygon needs an even number of at least 6";
    out.findings.push_back({FindingKind("BadPolygon"), Fault{field(), counted}});
  }
  out.object.shape = a.add_rings(rings_);
  out.object.shape_kind = Shape::Polygons;
  return std::nullopt;
}

std::optional<Fault> CocoElementParser::keypoints(Value& value, Annotations& a, CocoObject& out, bool& known) {
  if (!is_array(value)) {
    known = false;
    return std::nullopt;
  }
  const std::size_t begin = a.numbers.size();
  simdjson::ondemand::array list;
  if (value.get_array().get(list) != simdjson::SUCCESS) return Fault{"keypoints", "malformed list"};
  for (auto item : list) {
    double number = 0;
    if (item.get_double().get(number) != simdjson::SUCCESS) return Fault{"keypoints", "expected numbers"};
    a.numbers.push_back(number);
  }
  const std::size_t size = a.numbers.size() - begin;
  if (size == 0) {
    keep_unknown("keypoints", "[]");  // the model cannot tell an empty list from none
    return std::nullopt;
  }
  if (size % 3 == 0) {
    out.object.keypoints = {begin, static_cast<std::uint32_t>(size)};
    return std::nullopt;
  }
  a.numbers.resize(begin);
  out.findings.push_back(
      {FindingKind("BadKeypoints"),
       Fault{"keypoints", "has " + std::to_string(size) + " numbers, expected triples of x, y, visibility"}});
  return std::nullopt;
}

}  // namespace visionops::annotations
