#include "base/fields/field_doc.h"

#include <algorithm>
#include <set>

#include "base/json.h"
#include "base/names.h"
#include "base/text.h"

namespace visionops {

namespace {

constexpr std::size_t kMostQuoted = 80;  ///< bytes of a user's text in a message

std::string bound_text(double v) {
  if (v >= -1e15 && v <= 1e15 && v == static_cast<double>(static_cast<long long>(v))) {
    return std::to_string(static_cast<long long>(v));
  }
  return Json(v).dump();
}

/// Code points of UTF-8 text: every byte that does not continue a sequence.
std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

void check_string(const std::string& text, std::optional<std::size_t> max_length, const TextPattern& pattern,
                  const std::string& path, Problems& problems) {
  if (max_length && characters(text) > *max_length) {
    problems.push_back({path, "is longer than " + std::to_string(*max_length) + " characters"});
    return;
  }
  if (!pattern.matches(text)) problems.push_back({path, quoted(text) + " " + pattern.words()});
}

void check_number(const FieldDoc& doc, double v, const std::string& path, Problems& problems) {
  if (doc.minimum && v < *doc.minimum) problems.push_back({path, "must be at least " + bound_text(*doc.minimum)});
  if (doc.maximum && v > *doc.maximum) problems.push_back({path, "must be at most " + bound_text(*doc.maximum)});
}

std::string item_path(const std::string& path, std::size_t index) { return path + "[" + std::to_string(index) + "]"; }

void check_unique(const FieldDoc& doc, const Json& list, const std::string& path, Problems& problems) {
  std::set<Json> seen;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (doc.set && !seen.insert(list[i]).second) {
      problems.push_back({item_path(path, i), cut_text(dump_json(list[i]), 80) + " stands in the list twice"});
    }
    if (doc.list_key.empty() || !list[i].is_object() || !list[i].contains(doc.list_key)) continue;
    const Json& key = list[i][doc.list_key];
    if (!seen.insert(key).second) {
      problems.push_back({item_path(path, i) + "." + doc.list_key, cut_text(dump_json(key), 80) + " is used twice"});
    }
  }
}

void check_list(const FieldDoc& doc, const Json& list, const std::string& path, Problems& problems) {
  if (doc.min_items && list.size() < *doc.min_items) {
    problems.push_back(
        {path, "needs at least " + std::to_string(*doc.min_items) + " item" + (*doc.min_items == 1 ? "" : "s")});
  }
  if (doc.max_items && list.size() > *doc.max_items) {
    problems.push_back({path, "has " + std::to_string(list.size()) + " items; at most " +
                                  std::to_string(*doc.max_items) + " are allowed"});
    return;
  }
  for (std::size_t i = 0; i < list.size() && problems.size() < kMaxProblems; ++i) {
    if (!list[i].is_string()) continue;
    check_string(list[i].get_ref<const std::string&>(), doc.item_max_length, doc.item_pattern, item_path(path, i),
                 problems);
  }
  if (doc.set || !doc.list_key.empty()) check_unique(doc, list, path, problems);
}

void check_map(const FieldDoc& doc, const Json& map, const std::string& path, Problems& problems) {
  if (doc.max_properties && map.size() > *doc.max_properties) {
    problems.push_back({path, "has " + std::to_string(map.size()) + " entries; at most " +
                                  std::to_string(*doc.max_properties) + " are allowed"});
    return;
  }
  for (const auto& [key, value] : map.items()) {
    if (problems.size() >= kMaxProblems) return;
    if (!doc.key_pattern.matches(key)) {
      problems.push_back({path, "the key " + quoted(key) + " " + doc.key_pattern.words()});
    }
    if (!value.is_string()) continue;
    check_string(value.get_ref<const std::string&>(), doc.item_max_length, doc.item_pattern, join_path(path, key),
                 problems);
  }
}

void describe_items(const FieldDoc& doc, Json& schema) {
  const bool list = schema["type"] == "array";
  Json& item = schema[list ? "items" : "additionalProperties"];
  if (doc.item_max_length) item["maxLength"] = *doc.item_max_length;
  if (!doc.item_pattern.empty()) item["pattern"] = doc.item_pattern.expression();
}

void describe_list(const FieldDoc& doc, Json& schema) {
  if (doc.min_items) schema["minItems"] = *doc.min_items;
  if (doc.max_items) schema["maxItems"] = *doc.max_items;
  schema["x-kubernetes-list-type"] = doc.set ? "set" : doc.list_key.empty() ? "atomic" : "map";
  if (!doc.list_key.empty()) schema["x-kubernetes-list-map-keys"] = Json::array({doc.list_key});
}

/// As quoted() would show it; asked for each field that is read, so without making a text.
bool shows_as_it_is(const std::string& key) {
  return key.size() <= kMostQuoted &&
         std::ranges::all_of(key, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

}  // namespace

void check_bounds(const FieldDoc& doc, const Json& value, const std::string& path, Problems& problems) {
  if (value.is_number()) {
    check_number(doc, value.get<double>(), path, problems);
  } else if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (text.empty() && doc.min_length) {
      problems.push_back({path, "must not be empty"});
    } else if (doc.min_length && characters(text) < *doc.min_length) {
      problems.push_back({path, "needs at least " + std::to_string(*doc.min_length) + " characters"});
    } else if (!doc.one_of.empty() && std::ranges::find(doc.one_of, text) == doc.one_of.end()) {
      problems.push_back({path, quoted(text) + " is not one of " + join(doc.one_of)});
    } else {
      check_string(text, doc.max_length, doc.pattern, path, problems);
    }
  } else if (value.is_array()) {
    check_list(doc, value, path, problems);
  } else if (value.is_object()) {
    check_map(doc, value, path, problems);
  }
}

void add_faults(const CelRule& rule, const void* owner, const std::string& path, Problems& problems) {
  if (rule.faults == nullptr) return;
  for (const auto& fault : rule.faults(owner)) {
    const std::string where = fault.path.empty() ? path : path.empty() ? fault.path : path + "." + fault.path;
    add_unless_covered({where, fault.message.empty() ? rule.message : fault.message}, problems);
  }
}

std::string full_description(const FieldDoc& doc) {
  std::string out = doc.doc;
  if (!doc.unit.empty()) out += " Unit: " + doc.unit + ".";
  if (!doc.default_text.empty() && !doc.required) out += " Default: " + doc.default_text + ".";
  if (!doc.example.empty()) out += " Example: " + doc.example;
  return out;
}

void describe_schema(const FieldDoc& doc, Json& s) {
  s["description"] = full_description(doc);
  const bool integer = s["type"] == "integer";
  const auto bound = [integer](double v) { return integer ? Json(static_cast<std::int64_t>(v)) : Json(v); };
  if (doc.minimum) s["minimum"] = bound(*doc.minimum);
  if (doc.maximum) s["maximum"] = bound(*doc.maximum);
  if (doc.min_length) s["minLength"] = *doc.min_length;
  if (doc.max_length) s["maxLength"] = *doc.max_length;
  if (doc.max_properties) s["maxProperties"] = *doc.max_properties;
  if (!doc.one_of.empty()) s["enum"] = doc.one_of;
  if (!doc.pattern.empty()) s["pattern"] = doc.pattern.expression();
  if (s["type"] == "array") describe_list(doc, s);
  if (doc.item_max_length || !doc.item_pattern.empty()) describe_items(doc, s);
  for (const auto& r : doc.rules) s["x-kubernetes-validations"].push_back({{"rule", r.rule}, {"message", r.message}});
}

std::string unknown_field_message(const std::string& name, const std::vector<std::string>& known) {
  const std::string* best = nullptr;
  std::size_t distance = 4;
  for (const auto& candidate : known) {
    const std::size_t d = edit_distance(name, candidate);
    // A hint that replaces most of a short word is no hint.
    if (d < distance && 2 * d < candidate.size() + 1) {
      distance = d;
      best = &candidate;
    }
  }
  return best != nullptr ? "unknown field; did you mean \"" + *best + "\"?" : "unknown field";
}

std::string type_message(const char* expected, const Json& got) {
  std::string text = std::string("expected ") + expected + ", got ";
  if (got.is_object()) return text + "a mapping";
  if (got.is_array()) return text + "a list";
  if (got.is_string()) return text + "the string " + quoted(got.get_ref<const std::string&>());
  if (got.is_null()) return text + "nothing";
  if (std::string(expected) != "a string") return text + (got.is_boolean() ? "" : "the number ") + dump_json(got);
  if (!got.is_boolean()) return text + "the number " + dump_json(got) + ": put it in quotes";
  return "is a boolean: put it in quotes (YAML reads yes, no, on, off, y, n, true and false so)";
}

std::string join_path(const std::string& parent, const std::string& name) {
  std::string out;
  out.reserve(parent.size() + 1 + name.size());
  if (!parent.empty()) out.append(parent).append(1, '.');
  if (shows_as_it_is(name)) return out.append(name);
  // Without the quotes that frame it.
  const std::string text = quoted(name);
  return out.append(text, 1, text.size() - 2);
}

Json prune_unknown(const Json& value, const Json& schema) {
  if (schema.contains("x-kubernetes-preserve-unknown-fields")) return value;
  if (const auto items = schema.find("items"); value.is_array() && items != schema.end()) {
    Json out = Json::array();
    for (const auto& item : value) out.push_back(prune_unknown(item, *items));
    return out;
  }
  if (!value.is_object()) return value;
  const auto properties = schema.find("properties");
  const auto additional = schema.find("additionalProperties");
  Json out = Json::object();
  for (const auto& [key, member] : value.items()) {
    const Json* of_member = additional != schema.end() ? &*additional : nullptr;
    if (properties != schema.end()) {
      if (const auto known = properties->find(key); known != properties->end()) of_member = &*known;
    }
    if (of_member != nullptr) out[key] = prune_unknown(member, *of_member);
  }
  return out;
}

std::string quoted(const std::string& text) { return dump_json(cut_text(text, kMostQuoted)); }

std::string cut_text(const std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  std::size_t end = bytes > 3 ? bytes - 3 : 0;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + (bytes > 3 ? "..." : "");
}

}  // namespace visionops
