#include <algorithm>
#include <cmath>
#include <optional>

#include "base/json.h"
#include "worker/dataset/formats/voc/voc.h"
#include "worker/dataset/model/geometry_check.h"
#include "worker/dataset/model/label_files.h"
#include "worker/dataset/text/json_members.h"
#include "worker/dataset/text/json_text.h"

namespace visionops::voc {

namespace {

using annotations::Annotations;
using annotations::Findings;
using annotations::JsonMembers;
using annotations::Object;
using annotations::XmlNode;

constexpr double kFar = 1 << 24;  // pixels

std::string line_of(const XmlNode& node) { return "line " + std::to_string(node.line); }

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  return begin == std::string_view::npos ? std::string_view()
                                         : text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

/// Why it is none, or nothing.
std::optional<std::string> read_coordinate(const XmlNode& box, const char* name, double& out) {
  const auto* node = box.child(name);
  if (node == nullptr) return "bndbox has no " + std::string(name);
  if (!annotations::parse_number(trimmed(node->text), out) || std::abs(out) > kFar) {
    return std::string(name) + " " + annotations::quoted(node->text) + " is not a number of pixels";
  }
  return std::nullopt;
}

struct Where {
  const std::string& file;
  Findings& findings;
};

std::optional<std::string> read_box(const XmlNode& node, Object& object, const Where& where) {
  const auto* box = node.child("bndbox");
  if (box == nullptr) return "has no bndbox";
  double left = 0, top = 0, right = 0, bottom = 0;
  for (const auto& [name, value] : {std::pair("xmin", &left), {"ymin", &top}, {"xmax", &right}, {"ymax", &bottom}}) {
    if (auto problem = read_coordinate(*box, name, *value)) return problem;
  }
  if (left > right || top > bottom) {
    where.findings.add({"RepairedBox", where.file, line_of(*box), "min is greater than max; they are exchanged"});
  }
  object.box = {std::min(left, right), std::min(top, bottom), std::abs(right - left), std::abs(bottom - top)};
  object.area = object.box[2] * object.box[3];
  object.has_box = object.has_area = object.has_crowd = true;  // COCO requires area and iscrowd
  return std::nullopt;
}

void add_attribute(JsonMembers& members, const XmlNode& node, const std::string& key, const std::string& value,
                   const Where& where) {
  if (members.add(key, value)) return;
  where.findings.add({"MalformedAttribute", where.file, line_of(node), annotations::quoted(key) + " is there twice"});
}

/// <attributes><attribute><name/><value/></attribute></attributes>
void read_named_attributes(const XmlNode& list, JsonMembers& members, const Where& where) {
  for (const auto& entry : list.children) {
    const auto* name = entry.child("name");
    const auto* value = entry.child("value");
    if (entry.name != "attribute" || name == nullptr || value == nullptr || name->text.empty()) {
      where.findings.add({"MalformedAttribute", where.file, line_of(entry), "has no name and value"});
      continue;
    }
    const bool leaf = value->children.empty() && value->attributes.empty();
    add_attribute(members, entry, name->text, leaf ? annotations::json_value_of(value->text) : json_of(*value), where);
  }
}

/// Everything beside name and box.
std::string attributes_of(const XmlNode& node, const Where& where) {
  JsonMembers members;
  XmlNode rest;
  for (const auto& child : node.children) {
    if (child.name == "attributes") {
      read_named_attributes(child, members, where);
    } else if (&child != node.child("name") && &child != node.child("bndbox")) {
      rest.children.push_back(child);
    }
  }
  for (const auto& [key, json] : annotations::members_of(rest)) {
    const XmlNode& first = *rest.child(key);
    const bool flag = key == "truncated" || key == "difficult" || key == "occluded";
    const bool one = flag && json.starts_with('"');
    add_attribute(members, first, key, one ? annotations::json_value_of(trimmed(first.text)) : json, where);
  }
  for (const auto& [key, value] : node.attributes) {
    std::string text;
    annotations::append_json_string(text, value);
    add_attribute(members, node, "@" + key, text, where);
  }
  return members.text();
}

/// 0: not known.
std::int32_t side_of(const XmlNode& size, const char* name, const Where& where) {
  const auto* node = size.child(name);
  if (node == nullptr || trimmed(node->text).empty()) return 0;
  double side = 0;
  if (annotations::parse_number(trimmed(node->text), side) && side >= 0 && side <= kFar && side == std::floor(side)) {
    return static_cast<std::int32_t>(side);
  }
  where.findings.add({"WrongImageSize", where.file, line_of(*node),
                      std::string(name) + " " + annotations::quoted(node->text) + " is none; the file's own is taken"});
  return 0;
}

void read_image(const XmlNode& root, annotations::Image& image, const Where& where) {
  XmlNode rest;
  for (const auto& child : root.children) {
    if (child.name == "size" && &child == root.child("size")) {
      image.width = side_of(child, "width", where);
      image.height = side_of(child, "height", where);
      if (const auto* depth = child.child("depth")) rest.children.push_back(*depth);
    } else if (child.name == "filename" && &child == root.child("filename")) {
      image.file_name = trimmed(child.text);
    } else if (child.name != "object") {
      rest.children.push_back(child);
    }
  }
  image.has_width = image.has_height = image.width > 0 && image.height > 0;
  JsonMembers extra = JsonMembers::of_image();
  for (const auto& [key, json] : annotations::members_of(rest)) {
    if (json != "\"\"") extra.add(key, json);  // <folder></folder> says nothing
  }
  for (const auto& [key, value] : root.attributes) extra.add_string("@" + key, value);
  image.extra = extra.text();
}

std::size_t count_of(std::string_view text, std::string_view word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

/// The tree of a file that is one, or a finding.
std::optional<XmlNode> tree_of(std::string_view text, const Where& where) {
  auto tree = annotations::read_xml_tree(text);
  const auto objects = [&text] {
    const auto count = count_of(text, "<object>");
    return count == 0 ? std::string() : "; with it " + std::to_string(count) + " <object>";
  };
  if (!tree) {
    const auto& message = tree.error().message;
    const bool placed = message.starts_with("line ");
    const auto colon = message.find(": ");
    where.findings.add({"UnreadableLabelFile", where.file, placed ? message.substr(0, colon) : "",
                        (placed ? message.substr(colon + 2) : message) + objects()});
    return std::nullopt;
  }
  if (tree->name != "annotation") {
    where.findings.add(
        {"UnreadableLabelFile", where.file, line_of(*tree), "its root is <" + tree->name + ">, not <annotation>"});
    return std::nullopt;
  }
  return std::move(*tree);
}

}  // namespace

bool VocReader::read(std::string_view text, const std::string& file, std::uint32_t image, Annotations& a,
                     Findings& findings) {
  const Where where{file, findings};
  const auto tree = tree_of(text, where);
  if (!tree) return false;
  read_image(*tree, a.images[image], where);
  for (const auto& node : tree->children) {
    if (node.name != "object") continue;
    Object object;
    const auto* name = node.child("name");
    auto problem = name == nullptr || trimmed(name->text).empty() ? std::optional<std::string>("has no name")
                                                                  : read_box(node, object, where);
    if (problem) {
      findings.add({"MalformedAnnotation", file, line_of(node), *problem});
      continue;
    }
    object.id = static_cast<std::int64_t>(a.objects.size()) + 1;
    object.image = image;
    object.category = names_.of(a, name->text);
    const auto attributes = attributes_of(node, where);
    if (!attributes.empty()) object.attributes = a.add_text(attributes);
    annotations::check_box(a, object, file, line_of(node), findings);
    a.objects.push_back(object);
  }
  return true;
}

}  // namespace visionops::voc
