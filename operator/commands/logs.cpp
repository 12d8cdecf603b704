#include "operator/commands/logs.h"

#include <array>
#include <chrono>
#include <deque>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <thread>

#include "base/cli/program.h"
#include "operator/assembly/folder_cluster.h"
#include "operator/cluster/sidecar_state.h"
#include "operator/commands/kept_log.h"
#include "operator/commands/owned_pods.h"
#include "operator/commands/standstill_of.h"
#include "operator/present/resource_words.h"

namespace visionops::commands {

namespace {

struct LogOptions {
  DataFolder folder;
  std::vector<std::string> words;
  std::string container = std::string(cluster::kWorkerContainer);
  bool follow = false;
  bool previous = false;
  std::int64_t tail = -1;  ///< -1: all
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

/// A lone carriage return is how progress bars begin their line again: each state of theirs becomes a line.
std::string in_lines(std::string_view bytes, bool& after_return) {
  std::string out;
  for (const char c : bytes) {
    if (after_return && c != '\n') out += '\n';
    after_return = c == '\r';
    if (!after_return) out += c;
  }
  return out;
}

/// Where the last `lines` lines begin.
std::streamoff tail_position(std::ifstream& in, std::int64_t lines) {
  std::deque<std::streamoff> begins{0};
  std::array<char, 65536> buffer{};
  std::streamoff at = 0;
  std::streamoff size = 0;
  while (in.read(buffer.data(), buffer.size()), in.gcount() > 0) {
    for (std::streamsize i = 0; i < in.gcount(); ++i) {
      if (buffer.at(static_cast<std::size_t>(i)) != '\n') continue;
      begins.push_back(at + i + 1);
      if (begins.size() > static_cast<std::size_t>(lines) + 1) begins.pop_front();
    }
    at += in.gcount();
  }
  size = at;
  in.clear();
  if (begins.back() == size) begins.pop_back();  // no line begins behind the last newline
  if (lines == 0 || begins.empty()) return size;
  while (begins.size() > static_cast<std::size_t>(lines)) begins.pop_front();
  return begins.front();
}

/// Whether nothing more can be written: the Pod has ended, or is gone, or nobody works on the folder.
bool is_over(const DataFolder& folder, std::unique_ptr<FolderCluster>& cluster, const cluster::ObjectKey& pod) {
  if (!look_again(folder, cluster) || cluster->owner() == 0) return true;
  const auto object = cluster->api().get(pod);
  const auto* live = object ? std::get_if<cluster::Pod>(&*object) : nullptr;
  return live == nullptr || live->phase == cluster::PodPhase::Succeeded || live->phase == cluster::PodPhase::Failed;
}

/// Copies what is there; with --follow waits for more until the Pod has ended.
int print(const std::filesystem::path& file, const LogOptions& options, const std::function<bool()>& over) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return report(not_found_error("no log at " + file.string()));
  if (options.tail >= 0) in.seekg(tail_position(in, options.tail));
  std::array<char, 65536> buffer{};
  bool after_return = false;
  bool last_look = !options.follow;
  while (true) {
    in.read(buffer.data(), buffer.size());
    if (in.gcount() > 0) {
      std::cout << in_lines({buffer.data(), static_cast<std::size_t>(in.gcount())}, after_return);
      continue;
    }
    std::cout.flush();
    if (last_look) return 0;
    in.clear();
    last_look = over();
    if (!last_look) std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

/// Of a TrainingJob whose Pod is gone; nullopt: the error stands.
std::optional<int> print_kept(FolderCluster& cluster, const cluster::ObjectKey& key, const LogOptions& options) {
  if (key.kind != cluster::Kind::TrainingJob || options.container != cluster::kWorkerContainer) return std::nullopt;
  const auto object = cluster.api().get(key);
  const auto* job = object ? std::get_if<api::TrainingJob>(&*object) : nullptr;
  const auto file = job != nullptr ? kept_log(cluster.folder(), *job, options.previous ? 1 : 0) : std::nullopt;
  if (!file) return std::nullopt;
  std::cerr << "The Pod is gone; its sidecar kept " << file->string() << "\n";
  return print(*file, options, [] { return true; });
}

int logs(const LogOptions& options) {
  auto opened = FolderCluster::open(options.folder, Access::Read);
  if (!opened) return report(opened.error());
  auto cluster = *std::move(opened);
  const auto key = parse_target(options);
  if (!key) return report(key.error());
  const auto pod = pod_of(cluster->api(), *key, options.previous);
  const auto file = pod ? cluster->log_path(pod->meta.uid, options.container) : std::nullopt;
  if (!file) {
    if (const auto code = print_kept(*cluster, *key, options)) return *code;
  }
  if (!pod) return report(pod.error());
  if (!file)
    return report(not_found_error("Pod " + pod->meta.name + " has no log of container \"" + options.container + "\""));
  const cluster::ObjectKey pod_key{cluster::Kind::Pod, pod->meta.namespace_, pod->meta.name};
  const int code = print(*file, options, [&] { return is_over(options.folder, cluster, pod_key); });
  if (const auto object = cluster->api().get(*key)) tell_standstill(standstill_of(*cluster, options.folder), {*object});
  return code;
}

}  // namespace

void add_logs(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("logs", "Print what the newest Pod of a resource wrote");
  auto options = std::make_shared<LogOptions>();
  command->add_option("RESOURCE", options->words, "One resource or Pod, or KIND followed by NAME")->required();
  cli::add_word_option(*command, "-c,--container", options->container, "Of which container",
                       {std::string(cluster::kWorkerContainer), std::string(cluster::kSidecarContainer)})
      ->capture_default_str();
  command->add_flag("-f,--follow", options->follow, "Wait for more until the Pod has ended");
  command->add_option("--tail", options->tail, "The last lines only; -1: all")->capture_default_str();
  command->add_flag("-p,--previous", options->previous, "Of the attempt before the newest one");
  add_data_options(*command, options->folder);
  command->footer("Example: visionops logs trainingjob/digits-detector");
  command->callback([options, &exit_code] { exit_code = logs(*options); });
}

}  // namespace visionops::commands
