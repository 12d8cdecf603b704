#include "operator/commands/delete.h"

#include <chrono>
#include <iostream>
#include <thread>

#include "operator/assembly/data_folder.h"
#include "operator/assembly/session.h"
#include "operator/commands/last_words.h"
#include "operator/present/columns.h"
#include "operator/present/resource_words.h"

namespace visionops::commands {

namespace {

struct DeleteOptions {
  DataFolder folder;
  std::vector<std::string> words;
  int timeout_seconds = 120;
};

/// Finalizers (files of a Dataset with deletionPolicy Delete) need the operator: it is started only then.
Status wait_until_gone(Session& session, const cluster::ObjectKey& key, std::chrono::seconds timeout) {
  if (!session.api().get(key)) return {};
  if (auto started = session.start(); !started) return started;
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (session.api().get(key)) {
    if (std::chrono::steady_clock::now() > deadline) {
      return retry_error(cluster::to_string(key) +
                         " is marked for deletion, but was not gone in time; `visionops run` goes on with it");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return {};
}

int remove(const DeleteOptions& options) {
  const auto keys = parse_object_keys(options.words, options.folder.namespace_);
  if (!keys) return report(keys.error());
  SessionOptions session_options;
  session_options.data_folder = options.folder.path;
  auto session = Session::open(std::move(session_options));
  if (!session) return report(session.error());
  int exit_code = 0;
  for (const auto& key : *keys) {
    const LastWords last_words((*session)->api(), key);
    auto removed = (*session)->api().remove(key, {});
    if (removed) removed = wait_until_gone(**session, key, std::chrono::seconds(options.timeout_seconds));
    const auto words = last_words.text();
    if (removed)
      std::cout << kind_name(key.kind) << "/" << key.name << " deleted" << (words.empty() ? "" : ": " + words) << "\n";
    else
      exit_code = report(removed.error());
  }
  (*session)->stop();
  return exit_code;
}

}  // namespace

void add_delete(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand(
      "delete", "Delete resources of the embedded cluster (files stay unless deletionPolicy is Delete)");
  auto options = std::make_shared<DeleteOptions>();
  command->add_option("RESOURCE", options->words, our_kind_words() + ", then names. Or KIND/NAME...")->required();
  command->add_option("--timeout", options->timeout_seconds, "Seconds to wait until a resource is gone")
      ->capture_default_str();
  add_data_options(*command, options->folder);
  command->callback([options, &exit_code] { exit_code = remove(*options); });
}

}  // namespace visionops::commands
