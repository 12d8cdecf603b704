#include "base/any_table.h"

#include <algorithm>
#include <mutex>

#include "base/json.h"

namespace visionops {

/// Built on first use: tables of specs never need it, and building it needs other tables.
struct AnyTable::SchemaCache {
  std::once_flag once;
  Json schema;
};

AnyTable::AnyTable() : cache_(std::make_unique<SchemaCache>()) {}
AnyTable::AnyTable(AnyTable&& other) noexcept = default;
AnyTable::~AnyTable() = default;

void AnyTable::add(const AnyField& field) { fields_.push_back(field); }

void AnyTable::add_rule(std::string_view cel, std::string_view message) {
  rules_.push_back({std::string(cel), std::string(message)});
}

void AnyTable::drop_default_texts() {
  for (auto& f : fields_) f.doc.default_text.clear();
}

void AnyTable::decode(const Json& json, void* owner, const std::string& path, Problems& problems) const {
  if (!json.is_object()) {
    problems.push_back({path, type_message("a mapping", json)});
    return;
  }
  decode_known(json, owner, path, problems);
  refuse_unknown(json, path, problems);
}

void AnyTable::decode_known(const Json& json, void* owner, const std::string& path, Problems& problems) const {
  for (const auto& f : fields_) {
    if (problems.size() >= kMaxProblems) return;
    const auto it = json.find(f.doc.name);
    const std::string here = join_path(path, f.doc.name);
    if (it != json.end() && !it->is_null()) {
      f.decode(*it, owner, here, problems);
    } else if (f.doc.required) {
      problems.push_back({here, "is required"});
    }
  }
}

void AnyTable::refuse_unknown(const Json& json, const std::string& path, Problems& problems) const {
  for (const auto& [key, value] : json.items()) {
    if (problems.size() >= kMaxProblems) return;
    if (!knows(key)) problems.push_back({join_path(path, key), unknown_field_message(key, names())});
  }
}

void AnyTable::decode_tolerant(const Json& json, void* owner) const {
  if (!json.is_object()) return;
  for (const auto& f : fields_) {
    const auto it = json.find(f.doc.name);
    if (it == json.end() || it->is_null()) continue;
    Problems problems;
    f.read(*it, owner, f.doc.name, problems);
    if (problems.empty()) continue;  // as good as always
    problems.clear();
    f.reset(owner);
    f.read(prune_unknown(*it, cached_schema().at("properties").at(f.doc.name)), owner, f.doc.name, problems);
    if (!problems.empty()) f.reset(owner);
  }
}

Json AnyTable::encode(const void* owner) const {
  Json out = Json::object();
  for (const auto& f : fields_) {
    if (auto json = f.encode(owner)) out[f.doc.name] = std::move(*json);
  }
  return out;
}

Json AnyTable::schema() const {
  Json out{{"type", "object"}, {"properties", Json::object()}, {kPropertyOrder, names()}};
  Json required = Json::array();
  for (const auto& f : fields_) {
    out["properties"][f.doc.name] = f.schema();
    if (f.doc.required) required.push_back(f.doc.name);
  }
  if (!required.empty()) out["required"] = std::move(required);
  for (const auto& r : rules_) out["x-kubernetes-validations"].push_back({{"rule", r.rule}, {"message", r.message}});
  return out;
}

const Json& AnyTable::cached_schema() const {
  std::call_once(cache_->once, [this] { cache_->schema = schema(); });
  return cache_->schema;
}

bool AnyTable::knows(std::string_view name) const {
  return std::ranges::any_of(fields_, [name](const AnyField& f) { return f.doc.name == name; });
}

std::vector<std::string> AnyTable::names() const {
  std::vector<std::string> out;
  for (const auto& f : fields_) out.push_back(f.doc.name);
  return out;
}

}  // namespace visionops
