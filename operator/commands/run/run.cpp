#include "operator/commands/run/run.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>

#include "base/cli/program.h"
#include "operator/assembly/folder_cluster.h"
#include "operator/assembly/history.h"
#include "operator/assembly/interruption.h"
#include "operator/assembly/session.h"
#include "operator/commands/files/manifest_set.h"
#include "operator/commands/run/prune.h"
#include "operator/commands/run/run_watch.h"
#include "operator/commands/run/run_words.h"
#include "worker/contract/exit_code.h"

namespace visionops::commands {

namespace {

using cluster::Object;
using cluster::ObjectKey;
using contract::ExitCode;

struct RunOptions {
  DataFolder folder;
  ManifestOptions manifests;
  std::vector<std::string> stores;
  std::string database;
  std::string log_level = "warn";
  int timeout_seconds = 0;
  bool no_history = false;
  bool keep_going = false;
  bool dry_run = false;
  bool prune = false;
  bool yes = false;
};

/// One call of the command, from its manifests to its exit code.
class Run {
 public:
  explicit Run(const RunOptions& options) : options_(options) {}
  int go();

 private:
  std::optional<int> check_manifests();
  std::optional<int> choose_what_goes();
  int dry_run() const;
  std::optional<int> work_as_owner();
  std::optional<int> work_as_guest();
  void apply(cluster::ClusterApi& api);
  void prune_all(cluster::ClusterApi& api);
  bool nothing_to_do(Session& session) const;
  void say_end(const std::vector<Object>& objects, const std::vector<Settlement>& states);
  int report_kept() const;
  int finish(WatchEnd end, const std::vector<Settlement>& states, const std::string& note);
  Result<SessionOptions> session_options() const;

  const RunOptions& options_;
  ManifestSet set_;
  std::vector<Trial> trials_;
  std::vector<Error> refused_;
  std::vector<ObjectKey> keys_;
  std::vector<Leaving> leaving_;
  std::vector<Error> kept_;
  bool changed_ = false;
};

Result<SessionOptions> Run::session_options() const {
  auto database = database_of(options_.database);
  if (!database) return database.error();
  SessionOptions out;
  out.data_folder = options_.folder.path;
  out.history = !options_.no_history;
  out.database = *std::move(database);
  out.stores = options_.stores;
  out.log_level = options_.log_level;
  return out;
}

/// All of them, before anything starts.
std::optional<int> Run::check_manifests() {
  if (options_.manifests.files.empty()) {
    if (auto there = check_cluster_is_there(options_.folder); !there) return report(there.error());
    return std::nullopt;
  }
  set_ = read_manifest_set(options_.manifests, options_.folder);
  auto trials = try_out(set_, options_.folder);
  if (!trials) return report(trials.error());
  trials_ = *std::move(trials);
  refused_ = set_.refused;
  if (refused_.empty() && set_.sound.empty()) return report(invalid_error("no resources in the given files"));
  if (refused_.empty() || options_.dry_run) return std::nullopt;
  const bool starts = options_.keep_going && !set_.sound.empty();
  if (!starts)
    std::cerr << "Nothing was started" << (options_.keep_going ? ".\n" : " (--keep-going starts the others).\n");
  const int code = report_all(refused_);
  return starts ? std::nullopt : std::optional(code);
}

std::optional<int> Run::choose_what_goes() {
  if (!options_.prune) return std::nullopt;
  if (set_.sound.empty() || !refused_.empty())
    return report(invalid_error("--prune needs manifests (-f) that are all in order: what they do not name goes"));
  const auto copy = FolderCluster::open(options_.folder, Access::Try);
  if (!copy) return report(copy.error());
  const auto objects = all_resources((*copy)->api());
  if (!objects) return report(objects.error());
  std::vector<ObjectKey> wanted;
  for (const auto& sound : set_.sound) wanted.push_back(sound.key);
  leaving_ = without_manifest(*objects, wanted, options_.folder.namespace_);
  if (options_.dry_run) return std::nullopt;
  const auto allowed = may_prune(leaving_, options_.yes);
  if (!allowed) return report(allowed.error());
  if (*allowed) return std::nullopt;
  std::cout << "Nothing was changed.\n";
  return static_cast<int>(ExitCode::Unfinished);
}

int Run::dry_run() const {
  for (const auto& trial : trials_) std::cout << outcome_line(trial.key, trial.verb + " (dry run)") << "\n";
  for (const auto& leaving : leaving_) std::cout << outcome_line(leaving.key, "pruned (dry run)") << "\n";
  return report_all(refused_);
}

void Run::apply(cluster::ClusterApi& api) {
  auto applied = apply_set(set_, options_.folder, api);
  changed_ = changed_ || applied.changed;
  refused_.insert(refused_.end(), applied.refused.begin(), applied.refused.end());
  keys_ = applied.keys;
  prune_all(api);
  if (!options_.manifests.files.empty()) return;
  if (const auto objects = all_resources(api)) {
    for (const auto& object : *objects) keys_.push_back(cluster::key_of(object));
  }
}

/// What stays is not waited for.
void Run::prune_all(cluster::ClusterApi& api) {
  std::erase_if(leaving_, [&](const Leaving& leaving) {
    const auto removed = prune(api, leaving);
    if (!removed) kept_.push_back(removed.error());
    if (removed && *removed) std::cout << outcome_line(leaving.key, "pruned") << std::endl;
    changed_ = changed_ || (removed && *removed);
    return !removed;
  });
}

bool Run::nothing_to_do(Session& session) const {
  if (changed_ || session.has_unwritten_history()) return false;
  const auto states = settlements(session.api(), keys_);
  return std::ranges::all_of(states, [](const auto& s) { return s.rest == Rest::Done; });
}

void Run::say_end(const std::vector<Object>& objects, const std::vector<Settlement>& states) {
  print_result(objects);
  print_failures(keys_, states, objects, options_.folder.absolute());
}

int Run::report_kept() const {
  int code = 0;
  for (const auto& error : kept_) code = report(error);
  return code;
}

/// The errors of the beginning stand above hours of other lines by now.
int Run::finish(WatchEnd end, const std::vector<Settlement>& states, const std::string& note) {
  if (!note.empty()) std::cout << note << "\n";
  if (end == WatchEnd::Interrupted) std::cout << "Interrupted; the same command goes on where this one stopped.\n";
  if (end == WatchEnd::TimedOut)
    std::cout << "Stopped after " << options_.timeout_seconds << " s, as --timeout says; the same command goes on.\n";
  const int refused = report_all(refused_);
  if (end == WatchEnd::Interrupted) return static_cast<int>(ExitCode::Interrupted);
  if (refused != 0) return refused;
  if (!kept_.empty()) return report_kept();
  const bool done = std::ranges::all_of(states, [](const auto& s) { return s.rest == Rest::Done; });
  if (!done || end != WatchEnd::AtRest) return static_cast<int>(ExitCode::Unfinished);
  if (!keys_.empty()) print_hints(options_.folder, keys_);
  return 0;
}

/// Nothing: another process owns the folder.
std::optional<int> Run::work_as_owner() {
  auto settings = session_options();
  if (!settings) return report(settings.error());
  auto session = Session::open(*std::move(settings));
  if (!session && session.error().cls == ErrorClass::Conflict) return std::nullopt;
  if (!session) return report(session.error());
  auto& api = (*session)->api();
  apply(api);
  auto end = WatchEnd::AtRest;
  if (nothing_to_do(**session)) {
    std::cout << "All " << keys_.size() << " resources are unchanged and done: nothing to do.\n";
  } else {
    if (auto started = (*session)->start(); !started) return report(started.error());
    const auto others = [&session] { return (*session)->asked_from_outside(); };
    end = watch_until_rest(api, {keys_, leaving_, others, options_.timeout_seconds});
  }
  const auto states = settlements(api, keys_);
  const auto objects = all_resources(api);
  (*session)->stop();
  say_end(objects ? *objects : std::vector<Object>{}, states);
  return finish(end, states, (*session)->history_note());
}

/// Nothing: the owner has ended, or has not begun to listen yet.
std::optional<int> Run::work_as_guest() {
  if (!options_.stores.empty())
    return report(conflict_error("--store: " + options_.folder.absolute().string() +
                                 " is in use; stores are declared by the process that owns it"));
  const auto cluster = FolderCluster::open(options_.folder, Access::Write);
  if (!cluster) return report(cluster.error());
  if ((*cluster)->owner() == 0) return std::nullopt;
  std::cout << "Process " << (*cluster)->owner() << " works on " << (*cluster)->folder().string() << "; asking it.\n";
  auto& api = (*cluster)->api();
  apply(api);
  const auto end = watch_until_rest(api, {keys_, leaving_, {}, options_.timeout_seconds});
  const auto objects = all_resources(api);
  if (end == WatchEnd::ClusterLost || !objects) {
    if (interrupted()) return finish(WatchEnd::Interrupted, {}, "");
    std::cout << "The process has ended; going on in its place.\n";
    return std::nullopt;
  }
  const auto states = settlements(api, keys_);
  say_end(*objects, states);
  return finish(end, states, "");
}

int Run::go() {
  watch_for_interruption();
  if (const auto code = check_manifests()) return *code;
  if (const auto code = choose_what_goes()) return *code;
  if (options_.dry_run) return dry_run();
  while (true) {
    if (const auto code = work_as_owner()) return *code;
    if (const auto code = work_as_guest()) return *code;
    if (interrupted()) return static_cast<int>(ExitCode::Interrupted);
  }
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("run", "Apply manifests to an embedded cluster and work until all is at rest");
  auto options = std::make_shared<RunOptions>();
  add_manifest_options(*command, options->manifests);
  command->add_flag("--dry-run", options->dry_run,
                    "Say what would be done, by the rules of the cluster, and do nothing");
  command->add_flag("--keep-going", options->keep_going, "Start the good manifests, though others are refused");
  auto* prune = command->add_flag("--prune", options->prune, "Remove resources that no manifest names any more (asks)");
  command->add_flag("-y,--yes", options->yes, "Do not ask")->needs(prune);
  command->add_option("--store", options->stores,
                      "NAME=FOLDER: make a folder of yours a store; NAME=FILE: a bucket that the JSON file describes");
  command->add_option(
      "--database", options->database,
      "libpq connection string without a password (else VISIONOPS_DATABASE; else a private PostgreSQL)");
  command->add_flag("--no-history", options->no_history, "Keep no history: start and ask no database");
  command->add_option("--timeout", options->timeout_seconds, "Stop after so many seconds; 0: never")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber.description(""));
  cli::add_word_option(*command, "--log-level", options->log_level, "What is logged to stderr",
                       {"trace", "debug", "info", "warn", "error", "off"})
      ->capture_default_str();
  add_data_options(*command, options->folder);
  command->footer(
      "Without -f it goes on with what is in the data folder. The same command again goes on where an earlier one\n"
      "stopped, and changes nothing when all is done. While a process works on the folder, others hand it their\n"
      "manifests and watch. Exit code 1: something failed or waits; 2: a manifest was refused.");
  command->callback([options, &exit_code] { exit_code = Run(*options).go(); });
}

}  // namespace visionops::commands
