#include "tests/campaigns/edge_values.h"

#include <limits>

#include "base/fields/field_doc.h"

namespace visionops::campaigns {
namespace {

constexpr std::size_t kLongText = 4096;
constexpr std::size_t kShownText = 60;

Json bound(const Json& schema, const char* key) {
  const auto found = schema.find(key);
  return found == schema.end() ? Json() : *found;
}

std::size_t length(const Json& schema, const char* key, std::size_t otherwise) {
  const Json found = bound(schema, key);
  return found.is_number() ? found.get<std::size_t>() : otherwise;
}

std::vector<Json> texts(const Json& schema) {
  std::vector<Json> out{"", "a", "\u00e9\n\"\\", "../../etc"};
  const auto most = length(schema, "maxLength", kLongText);
  for (const std::size_t size : {most, most + 1}) out.emplace_back(std::string(size, 'a'));
  for (const auto& word : bound(schema, "enum")) out.push_back(word);
  out.emplace_back(7);
  return out;
}

std::vector<Json> numbers(const Json& schema) {
  std::vector<Json> out{0, 1, -1, "7", std::numeric_limits<std::int64_t>::max()};
  for (const char* key : {"minimum", "maximum"}) {
    const Json edge = bound(schema, key);
    if (!edge.is_number()) continue;
    out.push_back(edge);
    out.emplace_back(edge.get<double>() + (key[1] == 'i' ? -1 : 1));
  }
  return out;
}

std::vector<Json> lists(const Json& schema) {
  std::vector<Json> out{Json::array(), Json::array({Json()})};
  const Json items = bound(schema, "items");
  for (const auto& word : bound(items, "enum")) out.push_back(Json::array({word}));
  if (bound(items, "type") == "string") {
    out.push_back(Json::array({"a"}));
    out.push_back(Json::array({"a", "a"}));
    out.push_back(Json(length(schema, "maxItems", 64) + 1, "a"));
  }
  return out;
}

std::vector<Json> values(const Json& schema) {
  const Json type = bound(schema, "type");
  if (type == "string") return texts(schema);
  if (type == "integer" || type == "number") return numbers(schema);
  if (type == "boolean") return {true, false, "yes"};
  if (type == "array") return lists(schema);
  return {Json::object(), Json::object({{"a", "b"}}), Json::object({{"a", 1}}), Json::array()};
}

void add(const Json& schema, const std::string& path, std::vector<EdgeValue>& out) {
  const Json fields = bound(schema, "properties");
  for (auto field = fields.begin(); fields.is_object() && field != fields.end(); ++field) {
    const std::string at = path + "/" + field.key();
    out.push_back({at, Json(), true});
    out.push_back({at, Json()});
    for (auto& value : values(*field)) out.push_back({at, std::move(value)});
    add(*field, at, out);
    if (const Json items = bound(*field, "items"); items.is_object()) add(items, at + "/0", out);
  }
}

/// An index below a list that is not there would make an object of it.
void make_lists(Json& spec, const std::string& path) {
  for (auto at = path.find("/0"); at != std::string::npos; at = path.find("/0", at + 1)) {
    auto& list = spec[Json::json_pointer(path.substr(0, at))];
    if (!list.is_array() || list.empty()) list = Json::array({Json::object()});
  }
}

}  // namespace

std::vector<EdgeValue> edge_values(const Json& schema) {
  std::vector<EdgeValue> out;
  add(schema, "", out);
  return out;
}

Json with_edge(const Json& spec, const EdgeValue& edge) {
  Json changed = spec;
  const Json::json_pointer pointer(edge.path);
  if (edge.absent) {
    if (!changed.contains(pointer)) return changed;
    changed[pointer.parent_pointer()].erase(pointer.back());
    return changed;
  }
  make_lists(changed, edge.path);
  changed[pointer] = edge.value;
  return changed;
}

std::string to_text(const EdgeValue& edge) {
  return edge.path + (edge.absent ? " left out" : " = " + cut_text(edge.value.dump(), kShownText));
}

}  // namespace visionops::campaigns
