#include "operator/api/resource_codec.h"

#include "base/names.h"
#include "operator/api/patterns.h"

namespace visionops::api {

namespace {

void check_word(const Json& json, const char* key, std::string_view expected, Problems& problems) {
  const auto it = json.find(key);
  if (it == json.end()) return;  // items of a list carry neither
  if (!it->is_string() || it->get_ref<const std::string&>() != expected) {
    problems.push_back({key, "must be " + std::string(expected) + ", got " + cut_text(dump_json(*it), 80)});
  }
}

void check_name(const std::string& name, Problems& problems) {
  if (name.empty()) {
    problems.push_back({"metadata.name", "is required"});
  } else if (!is_dns_subdomain(name)) {
    problems.push_back({"metadata.name", quoted(name) + " " + kNameWords});
  } else if (name.size() > kMaxName) {
    problems.push_back({"metadata.name", "is longer than 63 characters; it stands in labels, which hold no more"});
  }
}

}  // namespace

void check_envelope(const Json& json, const char* kind, Problems& problems) {
  static const std::vector<std::string> known{"apiVersion", "kind", "metadata", "spec", "status"};
  check_word(json, "apiVersion", kApiVersion, problems);
  check_word(json, "kind", kind, problems);
  for (const auto& [key, value] : json.items()) {
    if (problems.size() >= kMaxProblems) return;
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      problems.push_back({join_path("", key), unknown_field_message(key, known)});
    }
  }
}

ObjectMeta decode_meta(const Json& json, Problems& problems) {
  static const Json schema = ObjectMeta::fields().schema();
  const auto it = json.find("metadata");
  if (it == json.end() || it->is_null()) {
    problems.push_back({"metadata", "is required"});
    return {};
  }
  Problems found;
  auto meta = decode_fields<ObjectMeta>(*it, "metadata", found);
  if (!found.empty()) {  // perhaps only keys that others wrote
    found.clear();
    meta = decode_fields<ObjectMeta>(prune_unknown(*it, schema), "metadata", found);
  }
  if (found.empty()) check_name(meta.name, found);
  problems.insert(problems.end(), found.begin(), found.end());
  return meta;
}

}  // namespace visionops::api
