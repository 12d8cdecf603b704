#include <algorithm>

#include "base/json.h"
#include "worker/dataset/formats/voc/voc.h"
#include "worker/dataset/model/label_files.h"
#include "worker/dataset/model/loss_counter.h"
#include "worker/dataset/model/polygon.h"
#include "worker/dataset/text/json_text.h"

namespace visionops::voc {

namespace {

using annotations::Annotations;
using annotations::fits_xml;
using annotations::LossCounter;
using annotations::Object;
using annotations::Shape;
using annotations::xml_text;
using annotations::XmlNode;

/// Whether the reader takes it for the class: it is there, and not only blanks.
bool is_class_name(const std::string& name) {
  return fits_xml(name) && name.find_first_not_of(' ') != std::string::npos;
}

/// Why the object does not stand in the file; nullptr when it does.
const char* obstacle_of(const Annotations& a, const Object& object) {
  if (object.crowd || object.ignore) return "region is left out";
  if (!annotations::corners_of(a, object)) return "has no box";
  return is_class_name(a.categories[object.category].name) ? nullptr : "XML cannot hold the name of its class";
}

Json attributes_of(const Annotations& a, const Object& object) {
  if (object.attributes.size == 0) return Json::object();
  auto json = parse_json(a.text_view(object.attributes));
  return json && json->is_object() ? std::move(*json) : Json::object();
}

/// "5" for the number 5 and the text "x" for "x"; "" when a reader would take it for something else.
std::optional<std::string> scalar_text(const Json& value) {
  std::string text;
  if (value.is_string()) {
    text = value.get<std::string>();
    return annotations::json_value_of(text).starts_with('"') && fits_xml(text) ? std::optional(text) : std::nullopt;
  }
  if (value.is_number() || value.is_boolean()) text = dump_json(value);
  if (value.is_number_float()) {
    text.clear();
    annotations::append_json_number(text, value.get<double>());
  }
  return !text.empty() && annotations::json_value_of(text) == text ? std::optional(text) : std::nullopt;
}

bool is_tag_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (name.empty() || !letter(name.front())) return false;
  return std::ranges::all_of(name, [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; });
}

/// The tags that json_of turns into `value`, or nothing that could be told from it.
std::string tags_of(const std::string& name, const Json& value) {
  if (!is_tag_name(name)) return {};
  if (value.is_array()) {
    std::string out;
    for (const auto& entry : value) out += tags_of(name, entry);
    return out;
  }
  if (value.is_string()) return "<" + name + ">" + xml_text(value.get<std::string>()) + "</" + name + ">";
  if (!value.is_object()) return {};
  std::string out = "<" + name + ">";
  for (const auto& [key, member] : value.items()) out += tags_of(key, member);
  return out + "</" + name + ">";
}

/// Whether the tags are read as the attribute.
bool reads_back(const std::string& tags, const std::string& key, const Json& value) {
  const auto tree = annotations::read_xml_tree("<o>" + tags + "</o>");
  if (!tree) return false;
  const auto members = annotations::members_of(*tree);
  if (members.size() != 1 || members.front().first != key) return false;
  const auto json = parse_json(members.front().second);
  return json && *json == value;
}

bool is_own_tag(const std::string& key) {
  return key == "pose" || key == "truncated" || key == "difficult" || key == "occluded";
}

void append_coordinate(std::string& out, const char* name, double value) {
  out += std::string("<") + name + ">";
  annotations::append_json_number(out, value);
  out += std::string("</") + name + ">";
}

void append_attributes(std::string& out, const Json& attributes) {
  std::string named;
  for (const auto& [key, value] : attributes.items()) {
    const auto xml = xml_of_attribute(key, value);
    if (xml.starts_with("<attribute>")) {
      named += xml;
    } else if (!xml.empty()) {
      out += "    " + xml + "\n";
    }
  }
  if (!named.empty()) out += "    <attributes>" + named + "</attributes>\n";
}

void append_object(std::string& out, const Annotations& a, const Object& object) {
  out += "  <object>\n    <name>" + xml_text(a.categories[object.category].name) + "</name>\n";
  append_attributes(out, attributes_of(a, object));
  const auto box = *annotations::corners_of(a, object);
  out += "    <bndbox>";
  append_coordinate(out, "xmin", box[0]);
  append_coordinate(out, "ymin", box[1]);
  append_coordinate(out, "xmax", box[2]);
  append_coordinate(out, "ymax", box[3]);
  out += "</bndbox>\n  </object>\n";
}

void count_object(const Annotations& a, std::size_t i, LossCounter& loss) {
  const Object& object = a.objects[i];
  const char* obstacle = obstacle_of(a, object);
  const auto count = [&](bool it, LossKind kind, const char* what) {
    if (it) loss.add(kind, i, [what] { return std::string(what); });
  };
  count(object.crowd, LossKind::Crowd, "crowd region is left out");
  count(object.ignore && !object.crowd, LossKind::Ignore, "ignored region is left out");
  count(obstacle != nullptr && !object.crowd && !object.ignore, LossKind::Objects, obstacle);
  count(object.shape_kind != Shape::None && (object.shape_kind != Shape::Polygons || object.shape.size > 0),
        LossKind::Masks, object.shape_kind == Shape::OrientedBox ? "oriented box becomes its bounds" : "mask");
  count(object.keypoints.size > 0, LossKind::Keypoints, "keypoints");
  count(object.extra.size > 0, LossKind::UnknownKeys, "unknown keys");
  const Json attributes = attributes_of(a, object);
  for (const auto& [key, value] : attributes.items()) {
    if (obstacle == nullptr && !xml_of_attribute(key, value).empty()) continue;
    loss.add(LossKind::Attributes, i, [&] { return annotations::quoted(key) + " " + dump_json(value).substr(0, 80); });
  }
}

}  // namespace

std::string xml_of_attribute(const std::string& key, const Json& value) {
  const auto text = scalar_text(value);
  const auto tag = [&key](const std::string& inside) { return "<" + key + ">" + xml_text(inside) + "</" + key + ">"; };
  if (key == "pose" && value.is_string() && fits_xml(value.get<std::string>())) return tag(value.get<std::string>());
  // tools take nothing else there
  const bool flag = text && (*text == "0" || *text == "1" || *text == "true" || *text == "false");
  if (flag && key != "pose" && is_own_tag(key)) return tag(*text);
  if (text) {
    if (key.empty() || !fits_xml(key)) return {};
    return "<attribute><name>" + xml_text(key) + "</name><value>" + xml_text(*text) + "</value></attribute>";
  }
  if (key == "name" || key == "bndbox" || key == "attributes" || is_own_tag(key)) return {};
  const auto tags = tags_of(key, value);
  return !tags.empty() && reads_back(tags, key, value) ? tags : std::string();
}

annotations::LossReport voc_loss(const Annotations& a, const std::vector<Task>& tasks) {
  LossCounter loss(a);
  annotations::count_lost_categories(a, voc_keeps(a, tasks), fits_labelmap, loss);
  for (std::size_t i = 0; i < a.objects.size(); ++i) count_object(a, i, loss);
  annotations::count_unknown_keys(a, loss);
  return loss.report();
}

std::vector<bool> voc_keeps(const Annotations& a, const std::vector<Task>&) {
  std::vector<bool> kept;
  kept.reserve(a.objects.size());
  for (const auto& object : a.objects) kept.push_back(obstacle_of(a, object) == nullptr);
  return kept;
}

std::string write_voc(const Annotations& a, std::uint32_t image, std::span<const std::uint32_t> objects) {
  const auto& of = a.images[image];
  const auto name = of.file_name.substr(of.file_name.rfind('/') + 1);
  std::string out = "<annotation>\n  <filename>" + xml_text(name) + "</filename>\n";
  if (of.width > 0 && of.height > 0) {
    out += "  <size><width>" + std::to_string(of.width) + "</width><height>" + std::to_string(of.height) +
           "</height></size>\n";
  }
  for (const auto index : objects) {
    if (obstacle_of(a, a.objects[index]) == nullptr) append_object(out, a, a.objects[index]);
  }
  return out + "</annotation>\n";
}

}  // namespace visionops::voc
