#include "worker/pipeline/collection/top_level.h"

#include <algorithm>
#include <map>

#include "base/json.h"

namespace visionops::pipeline {
namespace {

constexpr const char* kLicenses = "licenses";

/// Texts come from a checked file; what is no object after all counts as empty.
Json parse_object(const std::string& text) {
  auto json = parse_json(text);
  return json && json->is_object() ? *std::move(json) : Json::object();
}

Json without_id(Json license) {
  if (license.is_object()) license.erase("id");
  return license;
}

std::int64_t id_of(const Json& license) {
  const auto it = license.is_object() ? license.find("id") : license.end();
  return it != license.end() && it->is_number_integer() ? it->get<std::int64_t>() : -1;
}

/// Adds `theirs` to `ours`; returns the ids that changed.
std::map<std::int64_t, std::int64_t> unite_licenses(Json& ours, const Json& theirs) {
  std::map<std::int64_t, std::int64_t> changed;
  for (const auto& license : theirs) {
    const auto id = id_of(license);
    const auto same =
        std::find_if(ours.begin(), ours.end(), [&](const Json& o) { return without_id(o) == without_id(license); });
    std::int64_t united = id;
    if (same != ours.end()) {
      united = id_of(*same);
    } else {
      std::int64_t highest = 0;
      bool taken = false;
      for (const auto& o : ours) {
        highest = std::max(highest, id_of(o));
        taken = taken || id_of(o) == id;
      }
      ours.push_back(license);
      if (taken) ours.back()["id"] = united = highest + 1;
    }
    if (united != id) changed[id] = united;
  }
  return changed;
}

void rewrite_licenses(Collection& c, const std::map<std::int64_t, std::int64_t>& changed) {
  for (auto& image : c.annotations.images) {
    if (image.extra.find("\"license\"") == std::string::npos) continue;
    Json extra = parse_object(image.extra);
    const auto it = extra.find("license");
    if (it == extra.end() || !it->is_number_integer()) continue;
    const auto entry = changed.find(it->get<std::int64_t>());
    if (entry == changed.end()) continue;
    *it = entry->second;
    image.extra = dump_json(extra);
  }
}

}  // namespace

std::string unite_top_level(std::vector<Collection>& collections, std::vector<std::string>& notes) {
  Json united = Json::object();
  std::string text;
  for (std::size_t i = 0; i < collections.size(); ++i) {
    const Json extra = parse_object(collections[i].annotations.extra);
    const Json before = united;
    for (const auto& [key, value] : extra.items()) {
      const auto it = united.find(key);
      if (it == united.end()) {
        united[key] = value;
      } else if (key == kLicenses && it->is_array() && value.is_array()) {
        rewrite_licenses(collections[i], unite_licenses(*it, value));
      } else if (*it != value) {
        notes.push_back("the key \"" + key + "\" of dataset " + std::to_string(i + 1) +
                        " is not kept, the first one is");
      }
    }
    if (united == before) continue;
    text = before.empty() ? collections[i].annotations.extra : dump_json(united);
  }
  return text;
}

}  // namespace visionops::pipeline
