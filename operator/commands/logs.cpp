#include "operator/commands/logs.h"

#include <array>
#include <chrono>
#include <fstream>
#include <iostream>
#include <thread>

#include "operator/assembly/data_folder.h"
#include "operator/commands/owned_pods.h"
#include "operator/present/columns.h"
#include "operator/present/resource_words.h"

namespace visionops::commands {

namespace {

struct LogOptions {
  DataFolder folder;
  std::vector<std::string> words;
  std::string container = std::string(cluster::kWorkerContainer);
  bool follow = false;
  bool previous = false;
};

Result<cluster::ObjectKey> parse_target(const LogOptions& options) {
  const auto keys = parse_object_keys(options.words, options.folder.namespace_);
  if (!keys) return keys.error();
  if (keys->size() > 1) return invalid_error("the log of one resource at a time");
  return keys->front();
}

/// The Pod itself, or the Pod of the newest attempt of the resource (the one before with --previous).
Result<cluster::Pod> pod_of(cluster::ClusterApi& api, const cluster::ObjectKey& key, bool previous) {
  if (key.kind == cluster::Kind::Pod) {
    auto object = api.get(key);
    if (!object) return object.error();
    return std::get<cluster::Pod>(*object);
  }
  if (const auto object = api.get(key); !object) return object.error();
  const auto pods = owned_pods(api, key);
  const std::size_t wanted = previous ? 1 : 0;
  if (pods.size() <= wanted)
    return not_found_error(cluster::to_string(key) + " has no " + (previous ? "previous " : "") + "Pod");
  return pods[wanted];
}

/// Copies what is there; with `follow` waits for more until the process is interrupted.
int print(const std::filesystem::path& file, bool follow) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return report(not_found_error("no log at " + file.string()));
  std::array<char, 65536> buffer{};
  while (true) {
    in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    std::cout.write(buffer.data(), in.gcount());
    if (in.gcount() > 0) continue;
    std::cout.flush();
    if (!follow) return 0;
    in.clear();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

int logs(const LogOptions& options) {
  auto view = open_view(options.folder);
  if (!view) return report(view.error());
  const auto key = parse_target(options);
  if (!key) return report(key.error());
  const auto pod = pod_of((*view)->api(), *key, options.previous);
  if (!pod) return report(pod.error());
  const auto file = (*view)->log_path(pod->meta.uid, options.container);
  if (!file)
    return report(not_found_error("Pod " + pod->meta.name + " has no log of container \"" + options.container + "\""));
  return print(*file, options.follow);
}

}  // namespace

void add_logs(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("logs", "Print what the newest Pod of a resource wrote");
  auto options = std::make_shared<LogOptions>();
  command->add_option("RESOURCE", options->words, "One resource or Pod, or KIND followed by NAME")->required();
  command->add_option("-c,--container", options->container, "worker or sidecar")->capture_default_str();
  command->add_flag("-f,--follow", options->follow, "Wait for more");
  command->add_flag("-p,--previous", options->previous, "Of the attempt before the newest one");
  add_data_options(*command, options->folder);
  command->footer("Example: visionops logs trainingjob/digits-detector");
  command->callback([options, &exit_code] { exit_code = logs(*options); });
}

}  // namespace visionops::commands
