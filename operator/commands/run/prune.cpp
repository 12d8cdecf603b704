#include "operator/commands/run/prune.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <set>
#include <string>

#include "operator/core/reconcile.h"

namespace visionops::commands {

std::vector<cluster::ObjectKey> without_manifest(const std::vector<cluster::Object>& objects,
                                                 const std::vector<cluster::ObjectKey>& wanted,
                                                 const std::string& namespace_) {
  std::set<std::string> namespaces{namespace_};
  for (const auto& key : wanted) namespaces.insert(key.namespace_);
  std::vector<cluster::ObjectKey> out;
  for (const auto& object : objects) {
    const auto key = cluster::key_of(object);
    const auto& meta = cluster::meta_of(object);
    const bool made = meta.annotations.contains(std::string(core::kLineageAnnotation));
    if (made || !namespaces.contains(key.namespace_) || std::ranges::find(wanted, key) != wanted.end()) continue;
    out.push_back(key);
  }
  return out;
}

Result<bool> may_prune(const std::vector<cluster::ObjectKey>& keys, bool yes) {
  if (keys.empty() || yes) return true;
  std::cout << "No manifest names these any more:\n";
  for (const auto& key : keys) std::cout << "  " << to_string(key) << "\n";
  if (::isatty(STDIN_FILENO) != 1) return invalid_error("--prune asks before it removes; without a terminal say --yes");
  std::cout << "Remove them (files stay unless deletionPolicy is Delete)? [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace visionops::commands
