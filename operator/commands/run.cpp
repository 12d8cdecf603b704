#include "operator/commands/run.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <iostream>
#include <thread>

#include "operator/assembly/data_folder.h"
#include "operator/assembly/history.h"
#include "operator/assembly/interruption.h"
#include "operator/assembly/session.h"
#include "operator/manifest/manifest.h"
#include "operator/present/columns.h"
#include "operator/present/live_table.h"
#include "operator/present/result_tree.h"
#include "operator/present/settlement.h"

namespace visionops::commands {

namespace {

using cluster::Object;
using cluster::ObjectKey;

enum ExitCode { kAllDone = 0, kSomeFailed = 1, kInvalidManifest = 2, kInterrupted = 130 };

constexpr auto kFrame = std::chrono::milliseconds(200);
/// A resource that waits may be woken by one that has just come to rest: it gets this long.
constexpr auto kPatience = std::chrono::seconds(2);

struct RunOptions {
  DataFolder folder;
  std::vector<std::string> files;
  std::vector<std::string> stores;
  std::string database;
  std::string log_level = "warn";
  int timeout_seconds = 0;
  bool no_history = false;
};

struct Applied {
  std::vector<ObjectKey> keys;
  int refused = 0;
  bool changed = false;
};

void apply_file(cluster::ClusterApi& api, const std::string& file, const std::string& default_namespace,
                Applied& applied) {
  const auto manifests = local::load_manifests(file);
  if (!manifests) {
    report(manifests.error());
    ++applied.refused;
    return;
  }
  for (const auto& manifest : *manifests) {
    const auto outcome = local::apply_manifest(api, manifest, default_namespace);
    if (!outcome) {
      report(outcome.error());
      ++applied.refused;
      continue;
    }
    applied.keys.push_back(outcome->key);
    applied.changed = applied.changed || outcome->verb != "unchanged";
    if (outcome->verb != "unchanged")
      std::cout << kind_name(outcome->key.kind) << "/" << outcome->key.name << " " << outcome->verb << std::endl;
  }
}

std::vector<Settlement> settlements(cluster::ClusterApi& api, const std::vector<ObjectKey>& keys) {
  std::vector<Settlement> out;
  for (const auto& key : keys) {
    const auto object = api.get(key);
    out.push_back(object ? settlement_of(*object) : Settlement{Rest::Failed, "deleted"});
  }
  return out;
}

std::vector<Object> all_objects(cluster::ClusterApi& api) {
  std::vector<Object> out;
  for (const auto kind : cluster::kOurKinds) {
    if (auto found = api.list(kind, {})) out.insert(out.end(), found->items.begin(), found->items.end());
  }
  return out;
}

bool any(const std::vector<Settlement>& all, Rest rest) {
  return std::any_of(all.begin(), all.end(), [rest](const auto& s) { return s.rest == rest; });
}

/// Shows the resources until nothing moves any more; false at the timeout or on an interruption.
bool wait_for_rest(cluster::ClusterApi& api, const std::vector<ObjectKey>& keys, int timeout_seconds) {
  LiveTable table(stdout);
  const auto start = std::chrono::steady_clock::now();
  auto moved_at = start;
  bool at_rest = false;
  while (!interrupted()) {
    const auto now = std::chrono::steady_clock::now();
    table.show(all_objects(api), SystemClock().now());
    const auto states = settlements(api, keys);
    if (!all_at_rest(states)) moved_at = now;
    at_rest = all_at_rest(states) && (!any(states, Rest::Waiting) || now - moved_at >= kPatience);
    if (at_rest || (timeout_seconds > 0 && now - start >= std::chrono::seconds(timeout_seconds))) break;
    std::this_thread::sleep_for(kFrame);
  }
  table.finish();
  return at_rest;
}

void print_failures(const std::vector<ObjectKey>& keys, const std::vector<Settlement>& states) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (states[i].rest == Rest::Done) continue;
    const char* word = states[i].rest == Rest::Failed    ? "failed"
                       : states[i].rest == Rest::Waiting ? "waits"
                                                         : "unfinished";
    std::cout << kind_name(keys[i].kind) << "/" << keys[i].name << " " << word << ": " << states[i].why << "\n";
  }
}

/// What to look at: the first training of the run, or else its first resource.
std::string worth_a_look(const std::vector<ObjectKey>& keys) {
  const auto training = std::find_if(keys.begin(), keys.end(),
                                     [](const ObjectKey& key) { return key.kind == cluster::Kind::TrainingJob; });
  const ObjectKey& key = training == keys.end() ? keys.front() : *training;
  return std::string(kind_name(key.kind)) + "/" + key.name;
}

/// Commands that work as they stand: by the name that this program was called by.
void print_hints(const std::string& data, const std::vector<ObjectKey>& keys) {
  const std::string program = program_invocation_name;
  const std::string flag = data == ".visionops" ? "" : " --data " + data;
  const std::string resource = worth_a_look(keys);
  std::cout << "\nLook next:\n"
            << "  " << program << " get" << flag << "  # resources, like kubectl\n"
            << "  " << program << " describe " << resource << flag << "  # conditions and events\n"
            << "  " << program << " logs " << resource << flag << "  # what its Pods wrote\n"
            << "  " << program << " sql 'SELECT * FROM visionops.dataset_group_summary'" << flag << "\n"
            << "  ls " << data << "/stores\n";
}

int verdict(const Applied& applied, const std::vector<Settlement>& states, bool at_rest) {
  if (interrupted()) return kInterrupted;
  if (applied.refused > 0) return kInvalidManifest;
  const bool all_done = std::all_of(states.begin(), states.end(), [](const auto& s) { return s.rest == Rest::Done; });
  return at_rest && all_done ? kAllDone : kSomeFailed;
}

int finish(Session& session, const RunOptions& options, const Applied& applied, bool at_rest) {
  const auto states = settlements(session.api(), applied.keys);
  const auto objects = all_objects(session.api());
  session.stop();
  std::cout << "\n";
  for (const auto& line : result_tree(objects)) std::cout << line << "\n";
  print_failures(applied.keys, states);
  if (interrupted()) std::cout << "Interrupted; the same command goes on where this one stopped.\n";
  if (!session.history_note().empty()) std::cout << session.history_note() << "\n";
  const int code = verdict(applied, states, at_rest);
  if (code == kAllDone) print_hints(options.folder.path, applied.keys);
  return code;
}

int run(const RunOptions& options) {
  auto database = database_of(options.database);
  if (!database) return report(database.error());
  watch_for_interruption();
  SessionOptions session_options;
  session_options.data_folder = options.folder.path;
  session_options.history = !options.no_history;
  session_options.database = *database;
  session_options.stores = options.stores;
  session_options.log_level = options.log_level;
  auto session = Session::open(std::move(session_options));
  if (!session) return report(session.error());
  Applied applied;
  for (const auto& file : options.files) apply_file((*session)->api(), file, options.folder.namespace_, applied);
  if (applied.keys.empty())
    return applied.refused > 0 ? kInvalidManifest : report(invalid_error("no resources in the given files"));

  const auto states = settlements((*session)->api(), applied.keys);
  const bool all_done = std::all_of(states.begin(), states.end(), [](const auto& s) { return s.rest == Rest::Done; });
  if (all_done && !applied.changed && !(*session)->has_unwritten_history()) {
    std::cout << "All " << applied.keys.size() << " resources are unchanged and done: nothing to do.\n";
    return finish(**session, options, applied, true);
  }
  if (auto started = (*session)->start(); !started) return report(started.error());
  const bool at_rest = wait_for_rest((*session)->api(), applied.keys, options.timeout_seconds);
  return finish(**session, options, applied, at_rest);
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("run", "Apply manifests to an embedded cluster and work until all is at rest");
  auto options = std::make_shared<RunOptions>();
  command->add_option("-f,--file", options->files, "YAML or JSON file, or a folder of them")->required();
  command->add_option("--store", options->stores,
                      "NAME=FOLDER: make a folder of yours a store; NAME=FILE: a bucket that the JSON file describes");
  command->add_option(
      "--database", options->database,
      "libpq connection string without a password (else VISIONOPS_DATABASE; else a private PostgreSQL)");
  command->add_flag("--no-history", options->no_history, "Keep no history: start and ask no database");
  command->add_option("--timeout", options->timeout_seconds, "Stop after so many seconds; 0: never")
      ->capture_default_str();
  command->add_option("--log-level", options->log_level, "trace, debug, info, warn or error")->capture_default_str();
  add_data_options(*command, options->folder);
  command->footer(
      "Exit codes: 0 all done, 1 something failed or waits, 2 a manifest was refused, 130 interrupted.\n"
      "The same command again goes on where an earlier one stopped, and changes nothing when all is done.");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace visionops::commands
