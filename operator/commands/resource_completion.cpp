#include "operator/commands/resource_completion.h"

#include <algorithm>
#include <cstdlib>

#include "operator/assembly/folder_cluster.h"
#include "operator/present/columns.h"

namespace visionops::commands {

namespace {

/// What was typed, as far as a completion needs it.
struct Typed {
  DataFolder folder;
  std::vector<std::string> positionals;  ///< without the unfinished word
};

Typed typed_in(const std::vector<std::string>& words) {
  Typed typed;
  if (const char* data = std::getenv("VISIONOPS_DATA")) typed.folder.path = data;
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    const bool value_follows = i + 2 < words.size();
    if (words[i] == "--data" && value_follows) {
      typed.folder.path = words[++i];
    } else if ((words[i] == "-n" || words[i] == "--namespace") && value_follows) {
      typed.folder.namespace_ = words[++i];
    } else if (words[i].starts_with("--data=")) {
      typed.folder.path = words[i].substr(7);
    } else if (!words[i].starts_with("-")) {
      typed.positionals.push_back(words[i]);
    }
  }
  return typed;
}

std::vector<cluster::ObjectKey> existing(const Typed& typed, const std::vector<cluster::Kind>& kinds) {
  std::vector<cluster::ObjectKey> keys;
  const auto cluster = FolderCluster::open(typed.folder, Access::Read);
  if (!cluster) return keys;
  for (const auto kind : kinds) {
    const auto found = (*cluster)->api().list(kind, {typed.folder.namespace_, {}});
    if (!found) continue;
    for (const auto& object : found->items) keys.push_back(cluster::key_of(object));
  }
  return keys;
}

}  // namespace

std::vector<std::string> resource_completions(const std::vector<std::string>& words) {
  const Typed typed = typed_in(words);
  const bool own_only = words.front() != "get" && words.front() != "logs" && words.front() != "events";
  std::vector<cluster::Kind> kinds(cluster::kKindsWatchedEverywhere.begin(), cluster::kKindsWatchedEverywhere.end());
  if (own_only) kinds.assign(cluster::kOurKinds.begin(), cluster::kOurKinds.end());
  std::vector<std::string> out;
  const auto kind = typed.positionals.empty() ? std::nullopt : parse_kind(typed.positionals.front());
  if (kind) {
    for (const auto& key : existing(typed, {*kind})) out.push_back(key.name);
    return out;
  }
  if (typed.positionals.empty()) {
    for (const auto k : kinds) out.push_back(lower(cluster::kind_name(k)));
  }
  if (words.front() == "explain") return out;
  for (const auto& key : existing(typed, kinds)) out.push_back(lower(cluster::kind_name(key.kind)) + "/" + key.name);
  return out;
}

}  // namespace visionops::commands
