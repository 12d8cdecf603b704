#include "operator/commands/top.h"

#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

#include "operator/assembly/folder_cluster.h"
#include "operator/commands/standstill_of.h"
#include "operator/core/reconcile.h"
#include "operator/local/kubelet/pod_usage.h"
#include "operator/present/text_table.h"

namespace visionops::commands {

namespace {

constexpr auto kSample = std::chrono::milliseconds(500);

struct TopOptions {
  DataFolder folder;
  std::string what = "pods";
  bool all_namespaces = false;
};

std::string owner_of(const api::ObjectMeta& meta) {
  const auto kind = meta.labels.find(std::string(core::kOwnerKindLabel));
  const auto name = meta.labels.find(std::string(core::kOwnerNameLabel));
  return kind == meta.labels.end() || name == meta.labels.end() ? "-" : kind->second + "/" + name->second;
}

int top(const TopOptions& options) {
  const auto cluster = FolderCluster::open(options.folder, Access::Read);
  if (!cluster) return report(cluster.error());
  const auto pods =
      (*cluster)->api().list(cluster::Kind::Pod, {options.all_namespaces ? "" : options.folder.namespace_, {}});
  if (!pods) return report(pods.error());
  std::error_code failure;
  const auto data = std::filesystem::weakly_canonical((*cluster)->folder(), failure);
  auto before = local::pod_usage(data);
  std::this_thread::sleep_for(kSample);
  const auto after = local::pod_usage(data);
  std::vector<TableRow> rows;
  for (const auto& object : pods->items) {
    const auto& meta = cluster::meta_of(object);
    const auto used = after.find(meta.uid);
    if (used == after.end()) continue;
    const auto millis = std::max<std::int64_t>(0, used->second.cpu_milliseconds - before[meta.uid].cpu_milliseconds);
    rows.push_back({meta.name, owner_of(meta), std::to_string(millis * 1000 / kSample.count()) + "m",
                    fmt::format("{}Mi", used->second.memory_bytes >> 20), std::to_string(used->second.processes)});
  }
  if (rows.empty()) {
    std::cerr << "No Pod runs.\n";
    tell_standstill(**cluster, options.folder);
    return 0;
  }
  for (const auto& line : format_table({"NAME", "OF", "CPU(cores)", "MEMORY(bytes)", "PROCESSES"}, rows))
    std::cout << line << "\n";
  return 0;
}

}  // namespace

void add_top(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("top", "Show the processor time and memory of running Pods");
  auto options = std::make_shared<TopOptions>();
  command->add_option("WHAT", options->what, "pods")
      ->check(CLI::Validator(
          [](std::string& word) {
            return word == "pods" || word == "pod" || word == "po" ? "" : "only Pods are measured";
          },
          ""));
  command->add_flag("-A,--all-namespaces", options->all_namespaces, "Of all namespaces");
  add_data_options(*command, options->folder);
  command->callback([options, &exit_code] { exit_code = top(*options); });
}

}  // namespace visionops::commands
