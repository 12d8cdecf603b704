#include "base/fields/field_doc.h"
#include "base/json.h"
#include "operator/local/api_server/admission.h"
#include "operator/manifest/manifest.h"

namespace visionops::local {
namespace {

using cluster::Object;

constexpr int kMaxConflicts = 5;
constexpr std::size_t kMaxFindings = 8;

Error finding(const Manifest& manifest, const std::string& path, const std::string& message) {
  return invalid_error(manifest.where(path) + ": " + (path.empty() ? "" : path + ": ") + message);
}

/// Absent is fine here; YAML reads "no" and "2024" as something else than a text.
Status check_text(const Manifest& manifest, const Json& object, const std::string& prefix, const char* key) {
  const auto it = object.find(key);
  if (it == object.end() || it->is_null() || it->is_string()) return {};
  return finding(manifest, prefix + key, type_message("a string", *it));
}

/// The envelope: kind, apiVersion, metadata.
Status check_envelope(const Manifest& manifest) {
  const Json& json = *manifest.object;
  if (!json.is_object())
    return finding(manifest, "", "a resource must be a mapping with apiVersion, kind, metadata and spec");
  for (const char* key : {"kind", "apiVersion"}) {
    if (auto text = check_text(manifest, json, "", key); !text) return text;
  }
  const auto kind = cluster::kind_named(text_of(json, "kind"));
  if (!kind || !cluster::is_ours(*kind)) {
    return finding(
        manifest, "kind",
        "unknown kind \"" + text_of(json, "kind") + "\"; known are " + cluster::kind_names(cluster::kOurKinds));
  }
  if (text_of(json, "apiVersion") != api::kApiVersion) {
    return finding(manifest, "apiVersion", "must be " + std::string(api::kApiVersion));
  }
  const auto meta = json.find("metadata");
  if (meta == json.end() || !meta->is_object()) return finding(manifest, "metadata", "is required");
  for (const char* key : {"name", "namespace"}) {
    if (auto text = check_text(manifest, *meta, "metadata.", key); !text) return text;
  }
  if (text_of(*meta, "name").empty()) return finding(manifest, "metadata.name", "is required");
  return {};
}

Error all_findings(const Manifest& manifest, const Problems& problems) {
  std::string message;
  for (std::size_t i = 0; i < problems.size() && i < kMaxFindings; ++i) {
    const auto& problem = problems[i];
    message += (i == 0 ? "" : "\n") + manifest.where(problem.path) + ": " + problem.path + ": " + problem.message;
  }
  if (problems.size() > kMaxFindings) message += "\nand " + std::to_string(problems.size() - kMaxFindings) + " more";
  return invalid_error(message);
}

/// `live` with spec, labels and annotations of `wanted`.
Object merged(const Object& live, const Object& wanted) {
  Object next = live;
  std::visit(
      [&](auto& into) {
        const auto& from = std::get<std::decay_t<decltype(into)>>(wanted);
        for (const auto& [name, value] : from.meta.labels) into.meta.labels[name] = value;
        for (const auto& [name, value] : from.meta.annotations) into.meta.annotations[name] = value;
        if constexpr (requires { into.problems; }) {
          into.spec = from.spec;
          into.problems.clear();
        }
      },
      next);
  return next;
}

Result<Applied> change(cluster::ClusterApi& api, const Object& live, const Object& wanted) {
  const auto key = cluster::key_of(wanted);
  if (meta_of(live).deletion_timestamp)
    return retry_error(to_string(key) + " is being deleted; apply it again when it is gone");
  const Object next = merged(live, wanted);
  if (problems_of(live).empty() && same_content(live, next)) return Applied{key, "unchanged"};
  auto updated = api.update(next);
  if (!updated) return updated.error();
  return Applied{key, "configured"};
}

Result<Applied> apply_once(cluster::ClusterApi& api, const Object& wanted) {
  const auto key = cluster::key_of(wanted);
  auto live = api.get(key);
  if (live) return change(api, *live, wanted);
  if (live.error().cls != ErrorClass::NotFound) return live.error();
  auto created = api.create(wanted);
  if (!created) return created.error();
  return Applied{key, "created"};
}

bool worth_repeating(const Error& error) {
  return error.cls == ErrorClass::AlreadyExists || error.cls == ErrorClass::NotFound ||
         error.cls == ErrorClass::Conflict;
}

}  // namespace

Result<Object> read_object(const Manifest& manifest, const std::string& default_namespace) {
  if (manifest.error) return *manifest.error;
  if (auto sound = check_envelope(manifest); !sound) return sound.error();
  Json json = *manifest.object;
  if (text_of(json["metadata"], "namespace").empty()) json["metadata"]["namespace"] = default_namespace;
  json.erase("status");  // the operator's, also when the file was made by `get -o yaml`
  auto object = cluster::decode_object(json);
  if (!object) return object.error().in(manifest.where(""));
  if (!problems_of(*object).empty()) return all_findings(manifest, problems_of(*object));
  return object;
}

Result<Applied> apply_manifest(cluster::ClusterApi& api, const Manifest& manifest,
                               const std::string& default_namespace) {
  const auto wanted = read_object(manifest, default_namespace);
  if (!wanted) return wanted.error();
  auto applied = apply_once(api, *wanted);
  for (int i = 0; i < kMaxConflicts && !applied && worth_repeating(applied.error()); ++i)
    applied = apply_once(api, *wanted);
  if (!applied) return applied.error().in(manifest.where(""));
  return applied;
}

}  // namespace visionops::local
