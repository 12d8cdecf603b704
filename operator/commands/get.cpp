#include "operator/commands/get.h"

#include <iostream>

#include "base/json.h"
#include "base/yaml_emit.h"
#include "operator/commands/columns.h"
#include "operator/commands/data_folder.h"

namespace visionops::commands {

namespace {

struct GetOptions {
  DataFolder folder;
  std::string kind;
  std::string name;
  std::string output;
};

void print_tree(const Json& json, const std::string& output) {
  std::cout << (output == "json" ? json.dump(2) + "\n" : to_yaml(json));
}

int print_one(cluster::ClusterApi& api, cluster::Kind kind, const GetOptions& options, TimePoint now) {
  const auto object = api.get({kind, options.folder.namespace_, options.name});
  if (!object) return report(object.error());
  if (options.output == "json" || options.output == "yaml") {
    print_tree(cluster::encode(*object), options.output);
    return 0;
  }
  const bool wide = options.output == "wide";
  for (const auto& line : format_table(header_of(kind, wide), {row_of(*object, now, wide)})) std::cout << line << "\n";
  return 0;
}

int print_trees(cluster::ClusterApi& api, const std::vector<cluster::Kind>& kinds, const GetOptions& options) {
  Json list{{"apiVersion", "v1"}, {"kind", "List"}, {"items", Json::array()}};
  for (const auto kind : kinds) {
    const auto found = api.list(kind, {options.folder.namespace_, {}});
    if (!found) return report(found.error());
    for (const auto& object : found->items) list["items"].push_back(cluster::encode(object));
  }
  print_tree(list, options.output);
  return 0;
}

int print_tables(cluster::ClusterApi& api, const std::vector<cluster::Kind>& kinds, const GetOptions& options,
                 TimePoint now) {
  const bool wide = options.output == "wide";
  bool first = true;
  for (const auto kind : kinds) {
    const auto found = api.list(kind, {options.folder.namespace_, {}});
    if (!found) return report(found.error());
    if (found->items.empty()) continue;
    std::vector<TableRow> rows;
    for (const auto& object : found->items) rows.push_back(row_of(object, now, wide));
    if (!first) std::cout << "\n";
    first = false;
    for (const auto& line : format_table(header_of(kind, wide), rows)) std::cout << line << "\n";
  }
  if (first) std::cerr << "No resources found in namespace " << options.folder.namespace_ << ".\n";
  return 0;
}

int get(const GetOptions& options) {
  auto view = open_view(options.folder);
  if (!view) return report(view.error());
  cluster::ClusterApi& api = (*view)->api();
  const TimePoint now = SystemClock().now();
  std::vector<cluster::Kind> kinds = user_kinds();
  if (!options.kind.empty()) {
    const auto kind = parse_kind(options.kind);
    if (!kind)
      return report(
          invalid_error("unknown kind \"" + options.kind + "\"; known: datasets, pipelines, trainingjobs, jobs, pods"));
    if (!options.name.empty()) return print_one(api, *kind, options, now);
    kinds = {*kind};
  }
  const bool tree = options.output == "json" || options.output == "yaml";
  return tree ? print_trees(api, kinds, options) : print_tables(api, kinds, options, now);
}

}  // namespace

void add_get(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("get", "Show resources of the embedded cluster");
  auto options = std::make_shared<GetOptions>();
  command->add_option("KIND", options->kind,
                      "datasets, pipelines, trainingjobs, jobs or pods; all of the first three when absent");
  command->add_option("NAME", options->name, "One resource");
  command->add_option("-o,--output", options->output, "wide, yaml or json")
      ->check(CLI::IsMember({"wide", "yaml", "json"}));
  add_data_options(*command, options->folder);
  command->footer("Examples:\n  visionops get\n  visionops get dataset digits-train-v1.0.0 -o yaml");
  command->callback([options, &exit_code] { exit_code = get(*options); });
}

}  // namespace visionops::commands
