// The embedded cluster as the commands see it: a data folder, a ClusterApi, and Pods that are
// processes of this machine.
//
//   DATA/cluster/  journal, snapshot, sign of life         DATA/pods/<uid>/  files and logs of a Pod
//   DATA/stores/NAME/  the stores that Pods see        DATA/visionops.sock  for the commands of other terminals
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "operator/cluster/cluster_api.h"
#include "operator/local/api_server/event_log.h"
#include "operator/local/api_server/journal.h"
#include "operator/local/kubelet/pod_tokens.h"

namespace visionops::local {

struct EmbeddedClusterOptions {
  std::filesystem::path data_folder = ".visionops";  ///< created when missing
  bool read_only = false;                  ///< a copy of the newest state; never waits for the owner, refuses writes
  bool scratch = false;                    ///< a copy, too, but one that takes writes and forgets them
  std::optional<double> cpus;              ///< cores that Pods may request together; default: all of the machine
  std::optional<std::int32_t> gpus;        ///< default: counted in /dev
  std::size_t history = 4096;              ///< changes kept for watches
  std::size_t max_log_bytes = 64U << 20U;  ///< per container
  /// Where the sidecars of this run send, asked when a Pod starts; empty: what the Pods say.
  std::function<std::string()> telemetry_url;
  std::string program_folder;  ///< where visionops-worker is; default: the folder of our own executable
  std::function<void(const std::string&)> log;  ///< one line for the administrator; called from any thread
  /// See NodeOptions; called from the node's thread.
  std::function<Result<std::string>(const std::string& image)> programs_of = {};
};

/// Mends a data folder that open() refuses as damaged, see Losses. Conflict when another process owns it.
Result<Losses> repair_cluster(const std::filesystem::path& data, const Clock& clock);

/// Of a Pod's container below a data folder; nullopt when there is no such file.
std::optional<std::filesystem::path> container_log(const std::filesystem::path& data, const std::string& pod_uid,
                                                   const std::string& container);

/// open, start, shutdown and the destructor from one thread; everything else from any.
class EmbeddedCluster {
 public:
  /// Conflict, naming the process, when another one owns the folder (not with read_only). Retry when its files are
  /// damaged: nothing is written to them, and the message tells the way out.
  /// Processes that a killed owner left behind are dead when this returns. `clock` must outlive it.
  static Result<std::unique_ptr<EmbeddedCluster>> open(EmbeddedClusterOptions options, const Clock& clock);
  ~EmbeddedCluster();

  cluster::ClusterApi& api();
  /// The running Pod that a telemetry token belongs to.
  std::optional<PodIdentity> identify(const std::string& token) const;
  /// Oldest first; equal events are counted, not repeated.
  std::vector<StoredEvent> list_events(const cluster::ObjectKey& about) const;
  /// stdout and stderr of a container while its Pod object exists; nullopt when there is no such file.
  std::optional<std::filesystem::path> log_path(const std::string& pod_uid, const std::string& container) const;
  /// What commands of other terminals have created or changed since the start.
  [[nodiscard]] std::set<cluster::ObjectKey> asked_from_outside() const;
  /// Where the stores are; create DATA/stores/NAME to have a store NAME.
  std::filesystem::path stores_folder() const;

  /// From here on Jobs get Pods and Pods get processes. Invalid for a read-only cluster.
  Status start();
  /// SIGTERM to all Pods, SIGKILL at the latest after `grace`. They become Failed, NodeLost and
  /// disrupted, so that the next start repeats them free of charge. Also without an earlier start:
  /// then deletions are finished as far as possible without processes.
  void shutdown(Duration grace);

 private:
  struct State;
  explicit EmbeddedCluster(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace visionops::local
