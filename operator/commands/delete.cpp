#include "operator/commands/delete.h"

#include <chrono>
#include <iostream>
#include <thread>

#include "operator/commands/columns.h"
#include "operator/commands/data_folder.h"
#include "operator/commands/session.h"

namespace visionops::commands {

namespace {

struct DeleteOptions {
  DataFolder folder;
  std::string kind;
  std::vector<std::string> names;
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
  const auto kind = parse_kind(options.kind);
  if (!kind) return report(invalid_error("unknown kind \"" + options.kind + "\""));
  SessionOptions session_options;
  session_options.data_folder = options.folder.path;
  auto session = Session::open(std::move(session_options));
  if (!session) return report(session.error());
  int exit_code = 0;
  for (const auto& name : options.names) {
    const cluster::ObjectKey key{*kind, options.folder.namespace_, name};
    auto removed = (*session)->api().remove(key, {});
    if (removed) removed = wait_until_gone(**session, key, std::chrono::seconds(options.timeout_seconds));
    if (removed)
      std::cout << kind_name(*kind) << "/" << name << " deleted\n";
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
  command->add_option("KIND", options->kind, "dataset, pipeline or trainingjob")->required();
  command->add_option("NAME", options->names, "Names")->required();
  command->add_option("--timeout", options->timeout_seconds, "Seconds to wait until a resource is gone")
      ->capture_default_str();
  add_data_options(*command, options->folder);
  command->callback([options, &exit_code] { exit_code = remove(*options); });
}

}  // namespace visionops::commands
