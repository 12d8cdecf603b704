#include "operator/present/field_words.h"

#include <sstream>
#include <vector>

#include "base/fields/field_table.h"
#include "base/json.h"
#include "operator/present/columns.h"
#include "operator/present/text_table.h"

namespace visionops::commands {

namespace {

constexpr std::size_t kWidth = 78;

template <class T>
Json schema_of_resource() {
  Json spec = decltype(T::spec)::fields().schema();
  Json status = decltype(T::status)::fields().schema();
  spec["description"] = "What is wanted. The operator never writes here.";
  status["description"] = "What is, as the operator observed it.";
  return {{"type", "object"},
          {"description", T::kKind.description},
          {"properties", {{"spec", std::move(spec)}, {"status", std::move(status)}}},
          {kPropertyOrder, {"spec", "status"}}};
}

/// Null for kinds that are not ours.
Json schema_of(cluster::Kind kind) {
  Json schema;
  std::size_t place = 0;
  cluster::for_each_row([&]<class Row>(const Row&) {
    const bool wanted = static_cast<cluster::Kind>(place++) == kind;
    if constexpr (api::Resource<typename Row::Type>) {
      if (wanted) schema = schema_of_resource<typename Row::Type>();
    }
  });
  return schema;
}

/// A list and a map are seen through: their elements have the fields.
const Json& inside(const Json& schema) {
  if (const auto items = schema.find("items"); items != schema.end()) return inside(*items);
  const auto values = schema.find("additionalProperties");
  return values != schema.end() && values->is_object() ? inside(*values) : schema;
}

std::string type_of(const Json& schema) {
  if (const auto items = schema.find("items"); items != schema.end()) return "[]" + type_of(*items);
  const auto values = schema.find("additionalProperties");
  if (values != schema.end() && values->is_object()) return "map[string]" + type_of(*values);
  const std::string type = text_of(schema, "type");
  return type == "object" ? "Object" : type.empty() ? "Any" : type;
}

std::vector<std::string> names_of(const Json& schema) {
  std::vector<std::string> names;
  if (const auto order = schema.find(kPropertyOrder); order != schema.end())
    return order->get<std::vector<std::string>>();
  if (const auto properties = schema.find("properties"); properties != schema.end())
    for (const auto& [name, value] : properties->items()) names.push_back(name);
  return names;
}

void wrap(const std::string& text, const std::string& indent, std::string& out) {
  std::istringstream words(text);
  std::string line = indent;
  for (std::string word; words >> word;) {
    if (line != indent && display_width(line) + 1 + display_width(word) > kWidth) {
      out += line + "\n";
      line = indent;
    }
    line += (line == indent ? "" : " ") + word;
  }
  if (line != indent) out += line + "\n";
}

bool is_required(const Json& schema, const std::string& name) {
  for (const auto& required : schema.value("required", Json::array())) {
    if (required == name) return true;
  }
  return false;
}

std::string bounds_of(const Json& schema) {
  std::string out;
  const auto add = [&](const char* key, const char* words) {
    if (const auto it = schema.find(key); it != schema.end()) out += (out.empty() ? "" : ", ") + (words + it->dump());
  };
  add("minimum", "at least ");
  add("maximum", "at most ");
  if (const auto it = schema.find("enum"); it != schema.end()) {
    out += out.empty() ? "one of " : ", one of ";
    for (std::size_t i = 0; i < it->size(); ++i) out += (i == 0 ? "" : ", ") + text_of({{"w", (*it)[i]}}, "w");
  }
  return out;
}

void add_fields(const Json& schema, const std::string& indent, bool recursive, std::string& out) {
  const Json& owner = inside(schema);
  for (const auto& name : names_of(owner)) {
    const Json& field = owner["properties"][name];
    out += indent + name + "  <" + type_of(field) + ">" + (is_required(owner, name) ? " -required-" : "") + "\n";
    if (recursive) {
      add_fields(field, indent + "  ", true, out);
      continue;
    }
    wrap(text_of(field, "description"), indent + "  ", out);
    if (const auto bounds = bounds_of(inside(field)); !bounds.empty()) wrap("(" + bounds + ")", indent + "  ", out);
    out += "\n";
  }
}

std::vector<std::string> names_in(const std::string& path) {
  std::vector<std::string> parts;
  std::istringstream in(path);
  for (std::string part; std::getline(in, part, '.');) parts.push_back(part.substr(0, part.find('[')));
  return parts;
}

}  // namespace

Result<std::string> explain_field(const std::string& path, bool recursive) {
  const auto parts = names_in(path);
  const auto kind = parts.empty() ? std::nullopt : parse_kind(parts.front());
  const Json root = kind ? schema_of(*kind) : Json();
  if (root.is_null()) {
    return invalid_error("\"" + (parts.empty() ? path : parts.front()) + "\" is none of " +
                         cluster::kind_plurals(cluster::kOurKinds));
  }
  const Json* schema = &root;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const Json& owner = inside(*schema);
    const auto names = names_of(owner);
    if (!owner.contains("properties") || !owner["properties"].contains(parts[i]))
      return invalid_error(path + ": " + parts[i] + ": " + unknown_field_message(parts[i], names));
    schema = &owner["properties"][parts[i]];
  }
  const bool is_root = schema == &root;
  std::string out = "KIND:     " + std::string(cluster::kind_name(*kind)) +
                    "\nVERSION:  " + std::string(cluster::row_of(*kind).api_version) + "\n\n";
  if (!is_root) out += "FIELD: " + parts.back() + " <" + type_of(*schema) + ">\n\n";
  out += "DESCRIPTION:\n";
  wrap(text_of(*schema, "description"), "  ", out);
  if (const auto bounds = bounds_of(inside(*schema)); !bounds.empty()) wrap("(" + bounds + ")", "  ", out);
  if (names_of(inside(*schema)).empty()) return out;
  out += "\nFIELDS:\n";
  add_fields(*schema, "  ", recursive, out);
  return out;
}

}  // namespace visionops::commands
