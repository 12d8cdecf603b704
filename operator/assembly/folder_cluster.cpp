#include "operator/assembly/folder_cluster.h"

#include <chrono>
#include <thread>

namespace visionops::commands {
namespace {

/// Between taking the folder and listening at its socket an owner needs a moment, and so does its end.
constexpr auto kPatience = std::chrono::seconds(5);
constexpr auto kPause = std::chrono::milliseconds(50);

Result<std::unique_ptr<local::EmbeddedCluster>> open_own(const std::filesystem::path& folder, Access access) {
  static const SystemClock clock;
  local::EmbeddedClusterOptions options;
  options.data_folder = folder;
  options.read_only = access == Access::Read;
  options.scratch = access == Access::Try;
  return local::EmbeddedCluster::open(std::move(options), clock);
}

}  // namespace

Result<std::unique_ptr<FolderCluster>> FolderCluster::open(const DataFolder& folder, Access access) {
  if (access != Access::Try) {
    if (auto there = check_cluster_is_there(folder); !there) return there.error();
  }
  auto cluster = std::make_unique<FolderCluster>();
  cluster->folder_ = folder.absolute();
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    if (access != Access::Try) {
      auto door = local::DoorClient::open(cluster->folder_);
      if (door) {
        cluster->door_ = std::move(*door);
        return cluster;
      }
    }
    auto own = open_own(cluster->folder_, access);
    if (own) {
      cluster->own_ = std::move(*own);
      return cluster;
    }
    const bool taken = own.error().cls == ErrorClass::Conflict;
    if (!taken || std::chrono::steady_clock::now() > deadline) return own.error();
    std::this_thread::sleep_for(kPause);
  }
}

cluster::ClusterApi& FolderCluster::api() {
  if (door_) return *door_;
  return own_->api();
}

std::vector<local::StoredEvent> FolderCluster::list_events(const cluster::ObjectKey& about) {
  if (own_) return own_->list_events(about);
  auto events = door_->list_events(about);
  return events ? *std::move(events) : std::vector<local::StoredEvent>{};
}

std::optional<std::filesystem::path> FolderCluster::log_path(const std::string& pod_uid,
                                                             const std::string& container) const {
  return local::container_log(folder_, pod_uid, container);
}

Result<local::Losses> repair_cluster(const DataFolder& folder) {
  if (auto there = check_cluster_is_there(folder); !there) return there.error();
  return local::repair_cluster(folder.absolute(), SystemClock());
}

Status look_again(const DataFolder& folder, std::unique_ptr<FolderCluster>& cluster) {
  if (cluster && cluster->is_live()) return {};
  auto opened = FolderCluster::open(folder, Access::Read);
  if (!opened) return opened.error();
  cluster = *std::move(opened);
  return {};
}

}  // namespace visionops::commands
