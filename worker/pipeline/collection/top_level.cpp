#include "worker/pipeline/collection/top_level.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

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

/// The licences so far: by what they say, and which ids they have.
class Licenses {
 public:
  explicit Licenses(Json& ours) : ours_(ours) {
    for (const auto& license : ours_) note(license);
  }

  /// The id under which `license` stands among them from now on.
  std::int64_t unite(const Json& license) {
    if (const auto same = by_text_.find(text_of(license)); same != by_text_.end()) return same->second;
    Json added = license;
    if (added.is_object() && ids_.contains(id_of(license))) added["id"] = free_id();
    note(added);
    ours_.push_back(std::move(added));
    return id_of(ours_.back());
  }

 private:
  static std::string text_of(const Json& license) { return dump_json(without_id(license)); }
  void note(const Json& license) {
    by_text_.emplace(text_of(license), id_of(license));
    ids_.insert(id_of(license));
  }

  std::int64_t free_id() {
    const auto highest = std::max<std::int64_t>(ids_.empty() ? 0 : *ids_.rbegin(), 0);
    if (highest < std::numeric_limits<std::int64_t>::max()) return highest + 1;
    while (ids_.contains(next_)) ++next_;
    return next_;
  }

  Json& ours_;
  std::map<std::string, std::int64_t> by_text_;
  std::set<std::int64_t> ids_;
  std::int64_t next_ = 1;  ///< below it none is free
};

/// Adds `theirs` to `ours`; returns the ids that changed.
std::map<std::int64_t, std::int64_t> unite_licenses(Json& ours, const Json& theirs) {
  std::map<std::int64_t, std::int64_t> changed;
  Licenses licenses(ours);
  for (const auto& license : theirs) {
    const auto id = id_of(license);
    const auto united = licenses.unite(license);
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
