// The files that users write: YAML or JSON, one or more documents each.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"
#include "base/yaml/yaml_json.h"
#include "operator/cluster/cluster_api.h"

namespace visionops::local {

/// One document of a file. `error` is set when the document (or the file) could not be read: then
/// the others are still good, as with kubectl.
struct Manifest {
  std::shared_ptr<const Json> object;  ///< never null; a null document when `error` is set
  std::filesystem::path file;
  int line = 1;                            ///< where the document begins
  std::shared_ptr<const YamlLines> lines;  ///< of the whole document, one table for all items of a List; may be null
  std::string within;                      ///< path of this object in `lines`: "items[7]" of a List, else ""
  std::optional<Error> error;

  /// "/home/me/samples/a.yaml:12" for the field at `path`, or for the nearest enclosing one that the file has.
  [[nodiscard]] std::string where(const std::string& path) const;
};

/// `path` is "-" for the standard input, a file, or a folder whose *.yaml, *.yml and *.json are read in the order of
/// their names, those of its folders too when `recursive`. Files are named by their absolute paths. Empty documents are
/// left out; a `kind: List` gives its items. NotFound when there is nothing at `path`; Invalid when a folder has no
/// manifest.
Result<std::vector<Manifest>> load_manifests(const std::filesystem::path& path, bool recursive = false);

struct Applied {
  cluster::ObjectKey key;
  std::string verb;  ///< "created", "configured" or "unchanged", as kubectl says it
};

/// What the document asks for, decoded: a Dataset, Pipeline or TrainingJob without problems. Errors
/// name file, line and field. `default_namespace` is for files that do not say theirs.
Result<cluster::Object> read_object(const Manifest& manifest, const std::string& default_namespace = "default");

/// Creates the object, or brings spec, labels and annotations of the existing one to what the file
/// says; labels and annotations that the file does not name stay. Repeats on Conflict.
Result<Applied> apply_manifest(cluster::ClusterApi& api, const Manifest& manifest,
                               const std::string& default_namespace = "default");

}  // namespace visionops::local
