#include "operator/commands/run/prune.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <set>
#include <string>

#include "operator/core/reconcile.h"

namespace visionops::commands {

std::vector<Leaving> without_manifest(const std::vector<cluster::Object>& objects,
                                      const std::vector<cluster::ObjectKey>& wanted, const std::string& namespace_) {
  std::set<std::string> namespaces{namespace_};
  for (const auto& key : wanted) namespaces.insert(key.namespace_);
  std::vector<Leaving> out;
  for (const auto& object : objects) {
    const auto key = cluster::key_of(object);
    const auto& meta = cluster::meta_of(object);
    const bool made = meta.annotations.contains(std::string(core::kLineageAnnotation));
    if (made || !namespaces.contains(key.namespace_) || std::ranges::find(wanted, key) != wanted.end()) continue;
    out.push_back({key, meta.uid, meta.generation});
  }
  return out;
}

Result<bool> may_prune(const std::vector<Leaving>& all, bool yes) {
  if (all.empty() || yes) return true;
  std::cout << "No manifest names these any more:\n";
  for (const auto& leaving : all) std::cout << "  " << to_string(leaving.key) << "\n";
  if (::isatty(STDIN_FILENO) != 1) return invalid_error("--prune asks before it removes; without a terminal say --yes");
  std::cout << "Remove them (files stay unless deletionPolicy is Delete)? [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

Result<bool> prune(cluster::ClusterApi& api, const Leaving& leaving) {
  constexpr int kTries = 20;  // its status may be written between our two calls
  for (int tries = 1;; ++tries) {
    const auto object = api.get(leaving.key);
    if (!object && object.error().cls == ErrorClass::NotFound) return false;
    if (!object) return object.error();
    const auto& meta = cluster::meta_of(*object);
    if (meta.uid != leaving.uid || meta.generation != leaving.generation) {
      return conflict_error(to_string(leaving.key) + " stays: it was " +
                            (meta.uid == leaving.uid ? "changed" : "made anew") + " since --prune asked about it");
    }
    const auto removed = api.remove(leaving.key, {meta.uid, meta.resource_version});
    if (removed) return true;
    if (removed.error().cls != ErrorClass::Conflict || tries == kTries) return removed.error();
  }
}

}  // namespace visionops::commands
