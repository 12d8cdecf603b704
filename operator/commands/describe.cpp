#include "operator/commands/describe.h"

#include <fmt/format.h>

#include <iostream>

#include "base/json.h"
#include "base/yaml/yaml_emit.h"
#include "operator/assembly/folder_cluster.h"
#include "operator/assembly/store_places.h"
#include "operator/commands/owned_pods.h"
#include "operator/commands/standstill_of.h"
#include "operator/present/columns.h"
#include "operator/present/resource_words.h"

namespace visionops::commands {

namespace {

struct DescribeOptions {
  DataFolder folder;
  std::vector<std::string> words;
};

const std::vector<api::Condition>* conditions_of(const cluster::Object& object) {
  return std::visit(
      []<class T>(const T& typed) -> const std::vector<api::Condition>* {
        if constexpr (api::Resource<T>) return &typed.status.conditions;
        return nullptr;
      },
      object);
}

void print_section(const std::string& title, const TableRow& header, const std::vector<TableRow>& rows) {
  if (rows.empty()) return;
  std::cout << "\n" << title << "\n";
  for (const auto& line : format_table(header, rows)) std::cout << "  " << line << "\n";
}

void print_conditions(const cluster::Object& object, TimePoint now) {
  std::vector<TableRow> rows;
  if (const auto* conditions = conditions_of(object)) {
    for (const auto& c : *conditions) {
      rows.push_back(
          {c.type, std::string(enum_name(c.status)), c.reason, format_age(now - c.last_transition_time), c.message});
    }
  }
  print_section("Conditions", {"TYPE", "STATUS", "REASON", "SINCE", "MESSAGE"}, rows);
}

void print_events(FolderCluster& view, const cluster::ObjectKey& key, TimePoint now) {
  std::vector<TableRow> rows;
  for (const auto& seen : view.list_events(key)) {
    rows.push_back({seen.type == cluster::EventType::Warning ? "Warning" : "Normal", seen.reason,
                    format_age(now - seen.last_seen), std::to_string(seen.count), seen.message});
  }
  print_section("Events", {"TYPE", "REASON", "AGE", "COUNT", "MESSAGE"}, rows);
}

/// Spec and status as YAML, without what the tables below show better.
void print_body(const cluster::Object& object) {
  Json json = cluster::encode(object);
  if (json.contains("status")) json["status"].erase("conditions");
  Json body{{"spec", json.value("spec", Json::object())}, {"status", json.value("status", Json::object())}};
  std::cout << to_yaml(body);
}

void print_place(const cluster::Object& object, const std::filesystem::path& data) {
  const auto* dataset = std::get_if<api::Dataset>(&object);
  if (dataset == nullptr || !dataset->status.resolved) return;
  const auto& place = *dataset->status.resolved;
  std::cout << "files: " << place_in_store(data, place.store, place.path) << "\n";
}

/// What is left over, and what does not show in the tables: how it goes on.
void print_standstill(const cluster::Object& object, const std::optional<Standstill>& standstill, TimePoint now) {
  if (!standstill) return;
  for (const auto& line : standstill_note({object}, *standstill, now)) std::cout << line << "\n";
}

int describe_one(FolderCluster& view, const cluster::ObjectKey& key, const DataFolder& folder) {
  const auto object = view.api().get(key);
  if (!object) return report(object.error());
  const TimePoint now = SystemClock().now();
  const auto standstill = standstill_of(view, folder);
  const auto shown = standstill ? as_halted(*object, *standstill) : *object;
  std::cout << fmt::format("{} {}/{}  age {}\n", kind_name(key.kind), key.namespace_, key.name,
                           format_age(now - cluster::meta_of(*object).creation_timestamp));
  print_standstill(*object, standstill, now);
  print_place(*object, view.folder());
  print_body(shown);
  print_conditions(shown, now);
  std::vector<TableRow> pods;
  for (const auto& pod : owned_pods(view.api(), key)) {
    pods.push_back(standstill ? halted_row_of(pod, *standstill, now, true) : row_of(pod, now, true));
  }
  print_section("Pods", header_of(cluster::Kind::Pod, true), pods);
  print_events(view, key, now);
  return 0;
}

int describe(const DescribeOptions& options) {
  auto view = FolderCluster::open(options.folder, Access::Read);
  if (!view) return report(view.error());
  const auto keys = parse_object_keys(options.words, options.folder.namespace_);
  if (!keys) return report(keys.error());
  int exit_code = 0;
  for (const auto& key : *keys) {
    if (key != keys->front()) std::cout << "\n\n";
    if (const int code = describe_one(**view, key, options.folder); code != 0) exit_code = code;
  }
  return exit_code;
}

}  // namespace

void add_describe(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("describe", "Show one resource with its conditions, Pods and events");
  auto options = std::make_shared<DescribeOptions>();
  command->add_option("RESOURCE", options->words, our_kind_words() + ", then names. Or KIND/NAME...")->required();
  add_data_options(*command, options->folder);
  command->callback([options, &exit_code] { exit_code = describe(*options); });
}

}  // namespace visionops::commands
