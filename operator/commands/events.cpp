#include "operator/commands/events.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <set>
#include <thread>
#include <tuple>

#include "operator/assembly/folder_cluster.h"
#include "operator/commands/standstill_of.h"
#include "operator/present/resource_words.h"
#include "operator/present/text_table.h"

namespace visionops::commands {

namespace {

constexpr auto kEventsGlance = std::chrono::milliseconds(300);

struct EventOptions {
  DataFolder folder;
  std::vector<std::string> words;
  bool all_namespaces = false;
  bool warnings = false;
  bool watch = false;
};

struct Told {
  cluster::ObjectKey about;
  local::StoredEvent event;
};

bool is_asked_for(const cluster::ObjectKey& key, const ResourceWords& words) {
  if (words.kinds.empty()) return true;
  for (std::size_t i = 0; i < words.kinds.size(); ++i) {
    if (words.kinds[i] == key.kind && (words.names.empty() || words.names[i] == key.name)) return true;
  }
  return false;
}

Result<std::vector<Told>> all_events(FolderCluster& cluster, const EventOptions& options, const ResourceWords& words) {
  std::vector<Told> out;
  for (const auto kind : cluster::kKindsWatchedEverywhere) {
    const auto found = cluster.api().list(kind, {options.all_namespaces ? "" : options.folder.namespace_, {}});
    if (!found) return found.error();
    for (const auto& object : found->items) {
      const auto key = cluster::key_of(object);
      if (!is_asked_for(key, words)) continue;
      for (auto& event : cluster.list_events(key)) {
        if (!options.warnings || event.type == cluster::EventType::Warning) out.push_back({key, std::move(event)});
      }
    }
  }
  std::ranges::stable_sort(out, {}, [](const Told& told) { return told.event.last_seen; });
  return out;
}

TableRow cells_of(const Told& told, const EventOptions& options, TimePoint now) {
  TableRow row{format_age(now - told.event.last_seen),
               told.event.type == cluster::EventType::Warning ? "Warning" : "Normal",
               told.event.reason,
               std::string(kind_name(told.about.kind)) + "/" + told.about.name,
               std::to_string(told.event.count),
               told.event.message};
  if (options.all_namespaces) row.insert(row.begin(), told.about.namespace_);
  return row;
}

void print_events_table(const std::vector<Told>& events, const EventOptions& options, bool head) {
  TableRow header{"LAST SEEN", "TYPE", "REASON", "OBJECT", "COUNT", "MESSAGE"};
  if (options.all_namespaces) header.insert(header.begin(), "NAMESPACE");
  std::vector<TableRow> rows;
  for (const auto& told : events) rows.push_back(cells_of(told, options, SystemClock().now()));
  for (const auto& line : format_table(head ? header : TableRow{}, rows)) std::cout << line << "\n";
  std::cout.flush();
}

int events(const EventOptions& options) {
  const auto words = parse_resource_words(options.words);
  if (!words) return report(words.error());
  std::set<std::tuple<cluster::ObjectKey, std::string, std::string, std::int64_t>> seen;
  std::unique_ptr<FolderCluster> cluster;
  for (bool first = true;; first = false) {
    if (auto there = look_again(options.folder, cluster); !there && first) return report(there.error());
    auto told = all_events(*cluster, options, *words);
    if (!told && first) return report(told.error());
    if (told) {
      std::erase_if(*told, [&](const Told& t) {
        return !seen.emplace(t.about, t.event.reason, t.event.message, t.event.count).second;
      });
      if (!told->empty()) print_events_table(*told, options, first);
    }
    if (first && !options.watch && told->empty()) std::cerr << "No events.\n";
    if (first) tell_standstill(*cluster, options.folder);
    if (!options.watch) return 0;
    std::this_thread::sleep_for(kEventsGlance);
  }
}

}  // namespace

void add_events(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("events", "Show what happened to resources, oldest first");
  auto options = std::make_shared<EventOptions>();
  command->add_option("RESOURCE", options->words, known_kind_words() + "; then names. Or KIND/NAME...");
  command->add_flag("-A,--all-namespaces", options->all_namespaces, "Of all namespaces");
  command->add_flag("--warnings", options->warnings, "Warnings only");
  command->add_flag("-w,--watch", options->watch, "Go on printing new ones, until interrupted");
  add_data_options(*command, options->folder);
  command->callback([options, &exit_code] { exit_code = events(*options); });
}

}  // namespace visionops::commands
