#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "worker/dataset/formats/label_studio/label_studio.h"
#include "worker/dataset/model/category_names.h"
#include "worker/dataset/model/loss_counter.h"
#include "worker/dataset/model/polygon.h"
#include "worker/dataset/text/json_text.h"
#include "worker/dataset/text/xml_elements.h"

namespace visionops::label_studio {

namespace {

using annotations::Annotations;
using annotations::append_json_number;
using annotations::append_json_string;
using annotations::LossCounter;
using annotations::Object;
using annotations::Shape;

constexpr double kTolerance = 1.0;  // pixels

bool has_polygons(const Object& object) { return object.shape_kind == Shape::Polygons && object.shape.size > 0; }
bool has_rle(const Object& object) {
  return object.shape_kind == Shape::RleCounts || object.shape_kind == Shape::RleCompressed;
}

bool fits_config(const annotations::Category& category) {
  return !category.name.empty() && annotations::fits_xml(category.name);
}

/// As what it is written.
enum class Fate { Rectangle, Polygons, Choice, Crowd, Ignore, NoName, OnlyMask };

Fate fate_of(const Annotations& a, const Object& object) {
  if (object.crowd) return Fate::Crowd;
  if (object.ignore) return Fate::Ignore;
  if (!fits_config(a.categories[object.category])) return Fate::NoName;
  if (has_polygons(object)) return Fate::Polygons;
  if (object.has_box) return Fate::Rectangle;
  return has_rle(object) ? Fate::OnlyMask : Fate::Choice;
}

bool is_kept(Fate fate) { return fate == Fate::Rectangle || fate == Fate::Polygons || fate == Fate::Choice; }

void append_percent(std::string& out, const char* key, double pixels, std::int32_t side) {
  append_json_string(out, key);
  out += ':';
  append_json_number(out, pixels * 100 / side);
}

/// One region; `value` are the members of its value beside the label.
void append_result(std::string& out, const Annotations& a, const Object& object, const std::string& id,
                   const char* type, const char* control, const std::string& value) {
  const auto& image = a.images[object.image];
  out += out.ends_with('[') ? "\n" : ",\n";
  out += R"({"id":")" + id + R"(","type":")" + type + R"(","from_name":")" + control + R"(","to_name":"image",)";
  out += "\"original_width\":" + std::to_string(image.width) + ",\"original_height\":" + std::to_string(image.height);
  out += ",\"image_rotation\":0,\"value\":{" + value + "\"" + type + "\":[";
  append_json_string(out, a.categories[object.category].name);
  out += "]}}";
}

struct Rectangle {
  double x = 0, y = 0, width = 0, height = 0;
  double rotation = 0;  ///< degrees around (x, y), clockwise
};

Rectangle rectangle_of(const Annotations& a, const Object& object) {
  if (object.shape_kind != Shape::OrientedBox) return {object.box[0], object.box[1], object.box[2], object.box[3]};
  const auto c = a.number_span(object.shape);
  const double width = std::hypot(c[2] - c[0], c[3] - c[1]);
  const double height = std::hypot(c[6] - c[0], c[7] - c[1]);
  return {c[0], c[1], width, height, std::atan2(c[3] - c[1], c[2] - c[0]) * 180 / std::numbers::pi};
}

std::string rectangle_value(const Annotations& a, const Object& object) {
  const auto& image = a.images[object.image];
  const auto rectangle = rectangle_of(a, object);
  std::string value;
  append_percent(value, "x", rectangle.x, image.width);
  append_percent(value += ',', "y", rectangle.y, image.height);
  append_percent(value += ',', "width", rectangle.width, image.width);
  append_percent(value += ',', "height", rectangle.height, image.height);
  value += ",\"rotation\":";
  append_json_number(value, rectangle.rotation);
  return value + ',';
}

std::string polygon_of(std::span<const double> ring, const annotations::Image& image) {
  std::string value = "\"points\":[";
  for (std::size_t i = 0; i + 1 < ring.size(); i += 2) {
    value += i == 0 ? "[" : ",[";
    append_json_number(value, ring[i] * 100 / image.width);
    value += ',';
    append_json_number(value, ring[i + 1] * 100 / image.height);
    value += ']';
  }
  return value + "],\"closed\":true,";
}

void append_object(std::string& out, const Annotations& a, std::size_t index) {
  const Object& object = a.objects[index];
  const auto id = "r" + std::to_string(index + 1);
  const auto fate = fate_of(a, object);
  if (fate == Fate::Rectangle) {
    append_result(out, a, object, id, "rectanglelabels", "box", rectangle_value(a, object));
  } else if (fate == Fate::Choice) {
    append_result(out, a, object, id, "choices", "label", "");
  } else if (fate == Fate::Polygons) {
    const auto rings = a.ring_span(object.shape);
    for (std::size_t part = 0; part < rings.size(); ++part) {
      append_result(out, a, object, part == 0 ? id : id + "-" + std::to_string(part + 1), "polygonlabels", "polygon",
                    polygon_of(a.number_span(rings[part]), a.images[object.image]));
    }
  }
}

/// What Label Studio serves from a local folder.
std::string tasks_of(const Annotations& a) {
  const auto by_image = annotations::group_by_image(a);
  std::string out = "[";
  for (std::size_t i = 0; i < a.images.size(); ++i) {
    out += i == 0 ? "\n" : ",\n";
    out += "{\"id\":" + std::to_string(i + 1) + ",\"data\":{\"image\":";
    std::string place = "/data/local-files/?d=";
    for (const char c : a.images[i].path) place += c == '%' ? std::string("%25") : std::string(1, c);
    append_json_string(out, place);
    out += "},\"annotations\":[{\"result\":[";
    for (const auto object : by_image.of(i)) append_object(out, a, object);
    out += "]}]}";
  }
  return out + "\n]\n";
}

void append_labels(std::string& out, const Annotations& a, const char* tag, const char* name, const char* entry) {
  out += std::string("  <") + tag + " name=\"" + name + "\" toName=\"image\"" +
         (std::string_view(entry) == "Choice" ? " choice=\"multiple\"" : "") + ">\n";
  for (const auto& category : a.categories) {
    if (fits_config(category)) {
      out += std::string("    <") + entry + " value=\"" + annotations::xml_text(category.name) + "\"/>\n";
    }
  }
  out += std::string("  </") + tag + ">\n";
}

std::string config_of(const Annotations& a) {
  std::string out = "<View>\n  <Image name=\"image\" value=\"$image\"/>\n";
  append_labels(out, a, "RectangleLabels", "box", "Label");
  append_labels(out, a, "PolygonLabels", "polygon", "Label");
  append_labels(out, a, "Choices", "label", "Choice");
  return out + "</View>\n";
}

/// Whether the box is another than that of the polygons, by which it is read again.
bool loses_box(const Annotations& a, const Object& object) {
  if (!has_polygons(object) || !object.has_box) return false;
  Object without = object;
  without.has_box = false;
  const auto given = *annotations::corners_of(a, object);
  const auto bounds = *annotations::corners_of(a, without);
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (std::abs(given[i] - bounds[i]) > kTolerance) return true;
  }
  return false;
}

void count_object(const Annotations& a, std::size_t i, LossCounter& loss) {
  const Object& object = a.objects[i];
  const auto fate = fate_of(a, object);
  const auto count = [&](bool it, LossKind kind, const char* what) {
    if (it) loss.add(kind, i, [what] { return std::string(what); });
  };
  count(fate == Fate::Crowd, LossKind::Crowd, "crowd region is left out");
  count(fate == Fate::Ignore, LossKind::Ignore, "ignored region is left out");
  count(fate == Fate::NoName, LossKind::Objects, "the name of its class is empty, or XML cannot hold it");
  count(has_rle(object), LossKind::Masks, "run-length mask");
  count(has_polygons(object) && !is_kept(fate), LossKind::Masks, "polygon mask");
  count(is_kept(fate) && has_polygons(object) && object.shape.size > 1, LossKind::MultiPart,
        "its parts become regions of their own");
  count(is_kept(fate) && loses_box(a, object), LossKind::Boxes, "its box becomes that of its polygons");
  count(object.keypoints.size > 0, LossKind::Keypoints, "keypoints");
  count(object.extra.size > 0, LossKind::UnknownKeys, "unknown keys");
  if (object.attributes.size > 2) {  // "{}" holds nothing
    loss.add(LossKind::Attributes, i, [&] { return std::string(a.text_view(object.attributes).substr(0, 120)); });
  }
}

}  // namespace

annotations::LossReport label_studio_loss(const Annotations& a, const std::vector<Task>& tasks) {
  LossCounter loss(a);
  annotations::count_lost_categories(a, label_studio_keeps(a, tasks), fits_config, loss);
  for (std::size_t i = 0; i < a.objects.size(); ++i) count_object(a, i, loss);
  annotations::count_unknown_keys(a, loss);
  return loss.report();
}

std::vector<bool> label_studio_keeps(const Annotations& a, const std::vector<Task>&) {
  std::vector<bool> kept;
  kept.reserve(a.objects.size());
  for (const auto& object : a.objects) kept.push_back(is_kept(fate_of(a, object)));
  return kept;
}

std::vector<annotations::TextFile> label_studio_files(const Annotations& a, const annotations::WriteOptions&) {
  return {{kTasks, tasks_of(a)}, {kConfig, config_of(a)}};
}

}  // namespace visionops::label_studio
