#include "operator/local/embedded_cluster.h"

#include <unistd.h>

#include <cmath>
#include <thread>

#include "base/names.h"
#include "base/posix/small_files.h"
#include "operator/local/api_server/local_cluster.h"
#include "operator/local/door/door_server.h"
#include "operator/local/kubelet/container_environment.h"
#include "operator/local/local_node.h"

namespace visionops::local {
namespace {

std::string own_folder() {
  std::error_code failure;
  return std::filesystem::read_symlink("/proc/self/exe", failure).parent_path();
}

/// One spelling of the folder for all owners: leftovers of an earlier one are found by it.
Result<std::filesystem::path> real_folder(const std::filesystem::path& folder) {
  std::error_code failure;
  auto real = std::filesystem::weakly_canonical(std::filesystem::absolute(folder, failure), failure);
  if (failure) return invalid_error("data folder " + folder.string() + ": " + failure.message());
  return real;
}

NodeOptions node_options(const EmbeddedClusterOptions& options, const std::filesystem::path& data) {
  NodeOptions node;
  node.pods = data / "pods";
  node.stores = data / "stores";
  const double cpus = options.cpus.value_or(std::max(1U, std::thread::hardware_concurrency()));
  node.cpu_milli = static_cast<std::int64_t>(std::llround(cpus * 1000));
  node.gpus = options.gpus ? *options.gpus : count_gpus();
  node.max_log_bytes = options.max_log_bytes;
  node.program_folder = options.program_folder.empty() ? own_folder() : options.program_folder;
  node.telemetry_url = options.telemetry_url;
  node.environment = inherited_environment();
  node.log = options.log;
  node.programs_of = options.programs_of;
  return node;
}

/// A damaged disk is no mistake in what somebody wrote, which is what Invalid means to a command.
Error with_way_out(const Error& error, const std::filesystem::path& data) {
  if (error.cls != ErrorClass::Invalid) return error;
  return retry_error(error.message + ". Nothing was changed. Put " + (data / "cluster").string() +
                     " back from a copy, or save what can be read: visionops repair --data " + data.string());
}

Result<std::unique_ptr<ObjectStore>> store_of(const EmbeddedClusterOptions& options, const std::filesystem::path& data,
                                              const Clock& clock) {
  const auto folder = data / "cluster";
  std::error_code failure;
  if (options.scratch && !std::filesystem::exists(folder, failure)) return std::make_unique<ObjectStore>(clock);
  if (options.read_only || options.scratch) return ObjectStore::open_copy(folder, clock);
  return ObjectStore::open(folder, clock, {.history = options.history, .new_uid = {}});
}

}  // namespace

Result<Losses> repair_cluster(const std::filesystem::path& data, const Clock& clock) {
  const auto folder = real_folder(data);
  if (!folder) return folder.error();
  return ObjectStore::repair(*folder / "cluster", clock);
}

struct EmbeddedCluster::State {
  std::filesystem::path data;
  std::unique_ptr<ObjectStore> store;
  std::unique_ptr<LocalCluster> api;
  PodTokens tokens;
  std::unique_ptr<LocalNode> node;   ///< null of a copy
  std::unique_ptr<DoorServer> door;  ///< null of a copy
  bool started = false;
};

EmbeddedCluster::EmbeddedCluster(std::unique_ptr<State> state) : state_(std::move(state)) {}
EmbeddedCluster::~EmbeddedCluster() = default;

Result<std::unique_ptr<EmbeddedCluster>> EmbeddedCluster::open(EmbeddedClusterOptions options, const Clock& clock) {
  auto data = real_folder(options.data_folder);
  if (!data) return data.error();
  auto state = std::make_unique<State>();
  state->data = *data;
  const bool copy = options.read_only || options.scratch;
  auto store = store_of(options, *data, clock);
  if (!store) return with_way_out(store.error(), *data);
  state->store = std::move(*store);
  if (state->store->dropped_bytes() > 0 && options.log) {
    options.log("a crash cut off a write that nobody was told of: the last " +
                std::to_string(state->store->dropped_bytes()) + " bytes of " +
                (*data / "cluster" / "journal.jsonl").string() + " were dropped");
  }
  LocalClusterOptions api;
  if (options.read_only) api.read_only_because = data->string() + " was opened for reading only";
  state->api = std::make_unique<LocalCluster>(*state->store, std::move(api));
  if (copy) return std::unique_ptr<EmbeddedCluster>(new EmbeddedCluster(std::move(state)));
  for (const char* name : {"pods", "stores"}) {
    if (auto made = make_folders(*data / name); !made) return made.error();
  }
  state->node = std::make_unique<LocalNode>(*state->store, state->tokens, node_options(options, *data), clock, *data);
  auto door = DoorServer::open(*data, *state->api, *state->store);
  if (door) {
    state->door = std::move(*door);
  } else if (options.log) {
    options.log("no other terminal can give commands: " + door.error().message);
  }
  return std::unique_ptr<EmbeddedCluster>(new EmbeddedCluster(std::move(state)));
}

cluster::ClusterApi& EmbeddedCluster::api() { return *state_->api; }

std::optional<PodIdentity> EmbeddedCluster::identify(const std::string& token) const {
  return state_->tokens.identify(token);
}

std::vector<StoredEvent> EmbeddedCluster::list_events(const cluster::ObjectKey& about) const {
  return state_->store->list_events(about);
}

std::optional<std::filesystem::path> container_log(const std::filesystem::path& data, const std::string& pod_uid,
                                                   const std::string& container) {
  if (!is_dns_label(pod_uid) || !is_dns_label(container)) return std::nullopt;
  const auto path = PodFolder(data / "pods", pod_uid).log(container);
  std::error_code failure;
  return std::filesystem::is_regular_file(path, failure) ? std::optional(path) : std::nullopt;
}

std::optional<std::filesystem::path> EmbeddedCluster::log_path(const std::string& pod_uid,
                                                               const std::string& container) const {
  return container_log(state_->data, pod_uid, container);
}

std::set<cluster::ObjectKey> EmbeddedCluster::asked_from_outside() const {
  return state_->door ? state_->door->asked() : std::set<cluster::ObjectKey>{};
}

std::filesystem::path EmbeddedCluster::stores_folder() const { return state_->data / "stores"; }

Status EmbeddedCluster::start() {
  if (!state_->node) return invalid_error(state_->data.string() + " was opened for reading only");
  if (state_->started) return {};
  auto started = state_->node->start();
  state_->started = started.ok();
  return started;
}

void EmbeddedCluster::shutdown(Duration grace) {
  if (!state_->node) return;
  if (state_->started) {
    state_->node->shutdown(grace);
  } else {
    state_->node->settle();
  }
}

}  // namespace visionops::local
