#include "operator/commands/get.h"

#include <algorithm>
#include <iostream>
#include <iterator>

#include "base/json.h"
#include "base/yaml/yaml_emit.h"
#include "operator/assembly/data_folder.h"
#include "operator/present/columns.h"
#include "operator/present/resource_words.h"

namespace visionops::commands {

namespace {

struct GetOptions {
  DataFolder folder;
  std::vector<std::string> words;
  std::string output;
};

bool wants_tree(const GetOptions& options) { return options.output == "json" || options.output == "yaml"; }

void print_tree(const Json& json, const std::string& output) {
  std::cout << (output == "json" ? json.dump(2) + "\n" : to_yaml(json));
}

/// A table for each kind, in the order of the first object of a kind.
void print_tables(const std::vector<cluster::Object>& objects, bool wide, TimePoint now) {
  std::vector<std::pair<cluster::Kind, std::vector<TableRow>>> tables;
  for (const auto& object : objects) {
    const auto kind = cluster::kind_of(object);
    auto table = std::ranges::find(tables, kind, [](const auto& t) { return t.first; });
    if (table == tables.end()) table = tables.insert(table, {kind, {}});
    table->second.push_back(row_of(object, now, wide));
  }
  for (const auto& [kind, rows] : tables) {
    if (kind != tables.front().first) std::cout << "\n";
    for (const auto& line : format_table(header_of(kind, wide), rows)) std::cout << line << "\n";
  }
}

Result<std::vector<cluster::Object>> objects_of(cluster::ClusterApi& api, const ResourceWords& words,
                                                const std::string& namespace_) {
  std::vector<cluster::Object> objects;
  for (std::size_t i = 0; i < words.names.size(); ++i) {
    auto object = api.get({words.kinds[i], namespace_, words.names[i]});
    if (!object) return object.error();
    objects.push_back(*std::move(object));
  }
  if (!words.names.empty()) return objects;
  const std::vector<cluster::Kind> ours(cluster::kOurKinds.begin(), cluster::kOurKinds.end());
  for (const auto kind : words.kinds.empty() ? ours : words.kinds) {
    auto found = api.list(kind, {namespace_, {}});
    if (!found) return found.error();
    std::ranges::move(found->items, std::back_inserter(objects));
  }
  return objects;
}

int get(const GetOptions& options) {
  auto view = open_view(options.folder);
  if (!view) return report(view.error());
  const auto words = parse_resource_words(options.words);
  if (!words) return report(words.error());
  const auto objects = objects_of((*view)->api(), *words, options.folder.namespace_);
  if (!objects) return report(objects.error());
  if (!wants_tree(options)) {
    if (objects->empty()) std::cerr << "No resources found in namespace " << options.folder.namespace_ << ".\n";
    print_tables(*objects, options.output == "wide", SystemClock().now());
    return 0;
  }
  if (words->names.size() == 1) {
    print_tree(cluster::encode(objects->front()), options.output);
    return 0;
  }
  Json list{{"apiVersion", "v1"}, {"kind", "List"}, {"items", Json::array()}};
  for (const auto& object : *objects) list["items"].push_back(cluster::encode(object));
  print_tree(list, options.output);
  return 0;
}

}  // namespace

void add_get(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("get", "Show resources of the embedded cluster");
  auto options = std::make_shared<GetOptions>();
  command->add_option("RESOURCE", options->words,
                      known_kind_words() + "; when absent all of " + cluster::kind_plurals(cluster::kOurKinds) +
                          "; then names. Or KIND/NAME...");
  command->add_option("-o,--output", options->output, "wide, yaml or json")
      ->check(CLI::IsMember({"wide", "yaml", "json"}));
  add_data_options(*command, options->folder);
  command->footer(
      "Examples:\n  visionops get\n  visionops get datasets,pipelines -o wide\n  visionops get "
      "dataset digits-train-v1.0.0 -o yaml\n  visionops get pipeline/digits-fusion trainingjob/digits-detector");
  command->callback([options, &exit_code] { exit_code = get(*options); });
}

}  // namespace visionops::commands
