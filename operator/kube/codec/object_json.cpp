#include "operator/kube/codec/object_json.h"

#include <simdjson.h>

#include <algorithm>
#include <array>

#include "base/json.h"

namespace visionops::kube {

namespace {

namespace dom = simdjson::dom;
using cluster::Kind;

/// Where a mapping stands: what may be left out depends on it.
enum class Place { Event, Object, Metadata, Spec, Inside };

constexpr std::array<std::string_view, 7> kUnreadKeys{"containers",  "initContainers", "volumes",          "template",
                                                      "tolerations", "affinity",       "priorityClassName"};

bool is_left_out(std::string_view key, Place place, const Reading& reading) {
  if (place == Place::Metadata) return key == "managedFields";
  const bool has_containers = reading.kind == Kind::Job || reading.kind == Kind::Pod;
  return place == Place::Spec && has_containers && !reading.container_specs &&
         std::ranges::find(kUnreadKeys, key) != kUnreadKeys.end();
}

Place place_of(std::string_view key, Place parent) {
  if (parent == Place::Event && key == "object") return Place::Object;
  if (parent != Place::Object) return Place::Inside;
  return key == "metadata" ? Place::Metadata : key == "spec" ? Place::Spec : Place::Inside;
}

Json tree_of_element(const dom::element& element, Place place, const Reading& reading);

Json mapping_of(const dom::object& object, Place place, const Reading& reading) {
  Json out = Json::object();
  for (const auto field : object) {
    if (is_left_out(field.key, place, reading)) continue;
    out[std::string(field.key)] = tree_of_element(field.value, place_of(field.key, place), reading);
  }
  return out;
}

Json list_of(const dom::array& array, const Reading& reading) {
  Json out = Json::array();
  for (const auto item : array) out.push_back(tree_of_element(item, Place::Inside, reading));
  return out;
}

Json tree_of_element(const dom::element& element, Place place, const Reading& reading) {
  switch (element.type()) {
    case dom::element_type::OBJECT:
      return mapping_of(dom::object(element), place, reading);
    case dom::element_type::ARRAY:
      return list_of(dom::array(element), reading);
    case dom::element_type::STRING:
      return std::string(std::string_view(element));
    case dom::element_type::INT64:
      return std::int64_t(element);
    case dom::element_type::UINT64:
      return std::uint64_t(element);
    case dom::element_type::DOUBLE:
      return double(element);
    case dom::element_type::BOOL:
      return bool(element);
    case dom::element_type::NULL_VALUE:
      break;
  }
  return nullptr;
}

/// `parser` owns what the element points to.
Result<dom::element> parse(dom::parser& parser, const std::string& text) {
  // Trees are walked and destroyed by recursion.
  const bool roomy = parser.capacity() >= text.size() && parser.max_depth() == kMaxJsonDepth;
  if (!roomy && parser.allocate(text.size(), kMaxJsonDepth) != simdjson::SUCCESS) {
    return retry_error("no memory for a reply");
  }
  dom::element root;
  const auto error = parser.parse(text).get(root);
  if (error != simdjson::SUCCESS) return retry_error(std::string("the reply is not JSON: ") + error_message(error));
  return root;
}

/// Beyond it the buffers of a parser are not kept for the next text.
constexpr std::size_t kKeptCapacity = std::size_t{128} << 10;

Result<Json> read(const std::string& text, Place place, const Reading& reading) {
  thread_local dom::parser parser;  // its buffers are several times the text
  const auto root = parse(parser, text);
  if (!root) return root.error();
  Json tree = tree_of_element(*root, place, reading);
  if (parser.capacity() > kKeptCapacity) parser = dom::parser();
  return tree;
}

}  // namespace

Result<Json> read_object(const std::string& text, const Reading& reading) { return read(text, Place::Object, reading); }

Result<Json> read_event(const std::string& line, const Reading& reading) { return read(line, Place::Event, reading); }

Result<Json> read_list(const std::string& text, const Reading& reading, const std::function<void(Json)>& on_item) {
  dom::parser parser;
  const auto root = parse(parser, text);
  if (!root) return root.error();
  dom::object list;
  if (root->get(list) != simdjson::SUCCESS) return retry_error("the reply is no list");
  Json rest = Json::object();
  for (const auto field : list) {
    dom::array items;
    if (field.key == "items" && field.value.get(items) == simdjson::SUCCESS) {
      for (const auto item : items) on_item(tree_of_element(item, Place::Object, reading));
    } else {
      rest[std::string(field.key)] = tree_of_element(field.value, Place::Inside, reading);
    }
  }
  return rest;
}

}  // namespace visionops::kube
