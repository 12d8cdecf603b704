#include "base/fields/value_type.h"

#include <limits>
#include <utility>

#include "base/fields/any_table.h"
#include "base/json.h"

namespace visionops {

std::string ValueType::default_text(const void*) const { return {}; }
void ValueType::check(const void*, const std::string&, Problems&) const {}

void decode_text(const ValueType& type, const std::string& text, void* out, const std::string& path,
                 Problems& problems) {
  if (const auto json = parse_json(text)) {
    type.decode(*json, out, path, problems);
  } else {
    problems.push_back({path, json.error().message});
  }
}

std::string encode_text(const ValueType& type, const void* value) { return dump_json(type.encode(value)); }

void IntegerType::decode(const Json& j, void* out, const std::string& p, Problems& problems) const {
  if (!j.is_number_integer()) {
    problems.push_back({p, type_message("an integer", j)});
    return;
  }
  const bool huge = j.is_number_unsigned() && !std::in_range<std::int64_t>(j.get<std::uint64_t>());
  if (huge || !store(out, j.get<std::int64_t>())) problems.push_back({p, j.dump() + " is out of range"});
}

Json IntegerType::encode(const void* value) const { return load(value); }
bool IntegerType::absent(const void* value, const void* def) const { return load(value) == load(def); }
void IntegerType::assign(void* to, const void* from) const { store(to, load(from)); }
Json IntegerType::schema() const { return {{"type", "integer"}, {"format", wide_ ? "int64" : "int32"}}; }
std::string IntegerType::default_text(const void* value) const { return std::to_string(load(value)); }

std::string EnumType::known() const {
  std::string out;
  for (std::size_t i = 0; i < size_; ++i) out += (out.empty() ? "" : ", ") + std::string(name(i));
  return out;
}

void EnumType::decode(const Json& j, void* out, const std::string& p, Problems& problems) const {
  if (!j.is_string()) {
    problems.push_back({p, type_message(("one of " + known()).c_str(), j)});
    return;
  }
  const auto& text = j.get_ref<const std::string&>();
  for (std::size_t i = 0; i < size_; ++i) {
    if (name(i) == text) return store(out, i);
  }
  problems.push_back({p, quoted(text) + " is not one of " + known()});
}

Json EnumType::encode(const void* value) const { return default_text(value); }
bool EnumType::absent(const void* value, const void* def) const { return load(value) == load(def); }
void EnumType::assign(void* to, const void* from) const { store(to, load(from)); }

Json EnumType::schema() const {
  Json s{{"type", "string"}};
  for (std::size_t i = 0; i < size_; ++i) s["enum"].push_back(std::string(name(i)));
  return s;
}

std::string EnumType::default_text(const void* value) const {
  const auto place = load(value);
  return place < size_ ? std::string(name(place)) : "Unknown";
}

void OptionalType::decode(const Json& j, void* out, const std::string& p, Problems& problems) const {
  item().decode(j, emplace(out), p, problems);
}

Json OptionalType::encode(const void* value) const {
  const void* held = get(value);
  return held != nullptr ? item().encode(held) : Json(nullptr);
}

bool OptionalType::absent(const void* value, const void*) const { return get(value) == nullptr; }
Json OptionalType::schema() const { return item().schema(); }

void OptionalType::check(const void* value, const std::string& p, Problems& problems) const {
  if (const void* held = get(value)) item().check(held, p, problems);
}

void ListType::decode(const Json& j, void* out, const std::string& p, Problems& problems) const {
  if (!j.is_array()) {
    problems.push_back({p, type_message("a list", j)});
    return;
  }
  clear(out);
  for (std::size_t i = 0; i < j.size() && problems.size() < kMaxProblems; ++i) {
    item().decode(j[i], append(out), p + "[" + std::to_string(i) + "]", problems);
  }
}

Json ListType::encode(const void* value) const {
  Json out = Json::array();
  for (std::size_t i = 0; i < size(value); ++i) out.push_back(item().encode(at(value, i)));
  return out;
}

bool ListType::absent(const void* value, const void*) const { return size(value) == 0; }
Json ListType::schema() const { return {{"type", "array"}, {"items", item().schema()}}; }

void ListType::check(const void* value, const std::string& p, Problems& problems) const {
  for (std::size_t i = 0; i < size(value) && problems.size() < kMaxProblems; ++i) {
    item().check(at(value, i), p + "[" + std::to_string(i) + "]", problems);
  }
}

void MapType::decode(const Json& j, void* out, const std::string& p, Problems& problems) const {
  if (!j.is_object()) {
    problems.push_back({p, type_message("a mapping", j)});
    return;
  }
  clear(out);
  for (const auto& [key, value] : j.items()) {
    if (problems.size() >= kMaxProblems) return;
    item().decode(value, insert(out, key), join_path(p, key), problems);
  }
}

Json MapType::encode(const void* value) const {
  Json out = Json::object();
  for (auto e = next(value, nullptr); e.key != nullptr; e = next(value, e.key)) out[*e.key] = item().encode(e.value);
  return out;
}

bool MapType::absent(const void* value, const void*) const { return next(value, nullptr).key == nullptr; }
Json MapType::schema() const { return {{"type", "object"}, {"additionalProperties", item().schema()}}; }

void MapType::check(const void* value, const std::string& p, Problems& problems) const {
  for (auto e = next(value, nullptr); e.key != nullptr; e = next(value, e.key)) {
    item().check(e.value, join_path(p, *e.key), problems);
  }
}

void StructType::decode(const Json& j, void* out, const std::string& p, Problems& problems) const {
  table().decode_any(j, out, p, problems);
}

Json StructType::encode(const void* value) const { return table().encode_any(value); }
bool StructType::absent(const void* value, const void* def) const { return encode(value) == encode(def); }
Json StructType::schema() const { return table().schema(); }

void StructType::check(const void* value, const std::string& p, Problems& problems) const {
  table().check_any(value, p, problems);
}

}  // namespace visionops
