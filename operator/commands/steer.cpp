#include "operator/commands/steer.h"

#include <functional>
#include <iostream>
#include <memory>

#include "operator/assembly/folder_cluster.h"
#include "operator/core/reconcile.h"
#include "operator/present/resource_words.h"

namespace visionops::commands {

namespace {

constexpr int kMaxConflicts = 5;

struct SteerOptions {
  DataFolder folder;
  std::vector<std::string> words;
};

/// Changes the object, or tells why it has nothing of the kind.
using Edit = std::function<Status(cluster::Object&)>;

Status rerun(cluster::Object& object) {
  if (!cluster::is_ours(cluster::kind_of(object)))
    return invalid_error("only " + our_kind_words() + " can be run again");
  cluster::meta_of(object).annotations[std::string(core::kRerunAnnotation)] = format_time_millis(SystemClock().now());
  return {};
}

Status set_suspend(cluster::Object& object, bool suspend) {
  return std::visit(
      [suspend]<class T>(T& typed) -> Status {
        if constexpr (api::Resource<T>) {
          if constexpr (requires { typed.spec.suspend = suspend; }) {
            typed.spec.suspend = suspend;
            return {};
          }
        }
        return invalid_error("it has no spec.suspend");
      },
      object);
}

Status change(cluster::ClusterApi& api, const cluster::ObjectKey& key, const Edit& edit, bool& changed) {
  for (int tries = 0;; ++tries) {
    auto object = api.get(key);
    if (!object) return object.error();
    if (auto edited = edit(*object); !edited) return edited.error().in(to_string(key));
    const std::string before = cluster::meta_of(*object).resource_version;
    const auto updated = api.update(*object);
    if (updated) changed = cluster::meta_of(*updated).resource_version != before;
    if (updated) return {};
    if (updated.error().cls != ErrorClass::Conflict || tries == kMaxConflicts) return updated.error();
  }
}

int steer(const SteerOptions& options, const Edit& edit, const std::string& verb) {
  const auto keys = parse_object_keys(options.words, options.folder.namespace_);
  if (!keys) return report(keys.error());
  const auto cluster = FolderCluster::open(options.folder, Access::Write);
  if (!cluster) return report(cluster.error());
  int exit_code = 0;
  bool any_changed = false;
  for (const auto& key : *keys) {
    bool changed = false;
    const auto done = change((*cluster)->api(), key, edit, changed);
    if (!done) {
      exit_code = report(done.error());
      continue;
    }
    std::cout << kind_name(key.kind) << "/" << key.name << " " << (changed ? verb : "was " + verb + " already") << "\n";
    any_changed = any_changed || changed;
  }
  if (any_changed && (*cluster)->owner() == 0)
    std::cout << "No process works on " << (*cluster)->folder().string() << "; start one with: visionops run\n";
  return exit_code;
}

void add_verb(CLI::App& app, int& exit_code, const std::string& verb, const std::string& about, const std::string& done,
              const Edit& edit) {
  auto* command = app.add_subcommand(verb, about);
  auto options = std::make_shared<SteerOptions>();
  command->add_option("RESOURCE", options->words, our_kind_words() + ", then names. Or KIND/NAME...")->required();
  add_data_options(*command, options->folder);
  command->callback([options, edit, done, &exit_code] { exit_code = steer(*options, edit, done); });
}

}  // namespace

void add_steer(CLI::App& app, int& exit_code) {
  add_verb(app, exit_code, "rerun", "Run resources again, with the same spec", "asked to run again", rerun);
  add_verb(app, exit_code, "suspend", "Stop resources; their state is kept", "suspended",
           [](cluster::Object& object) { return set_suspend(object, true); });
  add_verb(app, exit_code, "resume", "Go on with suspended resources", "resumed",
           [](cluster::Object& object) { return set_suspend(object, false); });
}

}  // namespace visionops::commands
