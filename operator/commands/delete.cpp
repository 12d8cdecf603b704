#include "operator/commands/delete.h"

#include <chrono>
#include <iostream>
#include <thread>

#include "operator/assembly/folder_cluster.h"
#include "operator/assembly/session.h"
#include "operator/commands/files/manifest_set.h"
#include "operator/commands/last_words.h"
#include "operator/present/resource_words.h"

namespace visionops::commands {

namespace {

struct DeleteOptions {
  DataFolder folder;
  ManifestOptions manifests;
  std::vector<std::string> words;
  int timeout_seconds = 120;
  bool all = false;
  bool no_wait = false;
};

/// Of a stopped folder the session that can finish deletions, else the process that works on it.
struct Reached {
  std::unique_ptr<Session> session;
  std::unique_ptr<FolderCluster> guest;
  [[nodiscard]] cluster::ClusterApi& api() const { return session ? session->api() : guest->api(); }
};

Result<Reached> reach(const DataFolder& folder) {
  if (auto there = check_cluster_is_there(folder); !there) return there.error();
  Reached reached;
  SessionOptions options;
  options.data_folder = folder.path;
  auto session = Session::open(std::move(options));
  if (session) {
    reached.session = *std::move(session);
    return reached;
  }
  if (session.error().cls != ErrorClass::Conflict) return session.error();
  auto guest = FolderCluster::open(folder, Access::Write);
  if (!guest) return guest.error();
  reached.guest = *std::move(guest);
  return reached;
}

/// Finalizers (files of a Dataset with deletionPolicy Delete) need the operator: it is started only then.
Status wait_until_gone(const Reached& reached, const cluster::ObjectKey& key, std::chrono::seconds timeout) {
  const auto is_gone = [&] {
    const auto object = reached.api().get(key);
    return !object && object.error().cls == ErrorClass::NotFound;
  };
  if (is_gone()) return {};
  if (reached.session) {
    if (auto started = reached.session->start(); !started) return started;
  }
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!is_gone()) {
    if (std::chrono::steady_clock::now() > deadline) {
      return retry_error(cluster::to_string(key) +
                         " is marked for deletion, but was not gone in time; `visionops run` goes on with it");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return {};
}

Result<std::vector<cluster::ObjectKey>> keys_of(const DeleteOptions& options, cluster::ClusterApi& api) {
  if (!options.manifests.files.empty()) {
    const auto set = read_manifest_set(options.manifests, options.folder);
    if (!set.refused.empty()) return set.refused.front();
    std::vector<cluster::ObjectKey> keys;
    for (const auto& sound : set.sound) keys.push_back(sound.key);
    return keys;
  }
  if (!options.all) return parse_object_keys(options.words, options.folder.namespace_);
  const auto words = parse_resource_words(options.words);
  if (!words) return words.error();
  if (words->kinds.empty() || !words->names.empty()) return invalid_error("--all needs kinds, and no names");
  std::vector<cluster::ObjectKey> keys;
  for (const auto kind : words->kinds) {
    const auto found = api.list(kind, {options.folder.namespace_, {}});
    if (!found) return found.error();
    for (const auto& object : found->items) keys.push_back(cluster::key_of(object));
  }
  return keys;
}

Status remove_one(const Reached& reached, const cluster::ObjectKey& key, const DeleteOptions& options) {
  const LastWords last_words(reached.api(), key);
  auto removed = reached.api().remove(key, {});
  if (removed && !options.no_wait)
    removed = wait_until_gone(reached, key, std::chrono::seconds(options.timeout_seconds));
  if (!removed) return removed;
  const auto words = last_words.text();
  std::cout << kind_name(key.kind) << "/" << key.name << " deleted" << (words.empty() ? "" : ": " + words) << std::endl;
  return {};
}

int remove(const DeleteOptions& options) {
  const auto reached = reach(options.folder);
  if (!reached) return report(reached.error());
  const auto keys = keys_of(options, reached->api());
  if (!keys) return report(keys.error());
  std::vector<Error> failed;
  for (const auto& key : *keys) {
    if (auto removed = remove_one(*reached, key, options); !removed) failed.push_back(removed.error());
  }
  if (reached->session) reached->session->stop();
  int exit_code = 0;
  for (const auto& error : failed) exit_code = report(error);
  return exit_code;
}

}  // namespace

void add_delete(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "delete", "Delete resources of the embedded cluster (files stay unless deletionPolicy is Delete)");
  auto options = std::make_shared<DeleteOptions>();
  command->add_option("RESOURCE", options->words, our_kind_words() + ", then names. Or KIND/NAME...");
  add_manifest_options(*command, options->manifests);
  command->add_flag("--all", options->all, "All resources of the kinds, in the namespace");
  command->add_flag("--no-wait", options->no_wait, "Return when it is marked for deletion");
  command->add_option("--timeout", options->timeout_seconds, "Seconds to wait until a resource is gone")
      ->capture_default_str();
  add_data_options(*command, options->folder);
  command->callback([options, &exit_code] { exit_code = remove(*options); });
}

}  // namespace visionops::commands
