// The cluster of a data folder as commands reach it: through the process that owns the folder, or, when there is none,
// through the folder itself.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "operator/assembly/data_folder.h"
#include "operator/cluster/cluster_api.h"
#include "operator/local/door/door_client.h"
#include "operator/local/embedded_cluster.h"
#include "operator/local/holder.h"
#include "operator/local/sign_of_life.h"

namespace visionops::commands {

enum class Access {
  Read,   ///< never waits for the owner and never disturbs it
  Write,  ///< of a stopped folder: takes it for the time of the command; nothing starts
  Try,    ///< writes go to a copy in memory and are forgotten
};

/// From one thread, but for what api() promises.
class FolderCluster {
 public:
  /// NotFound when there is no cluster and `access` needs one; Conflict when the owner does not answer a writer.
  static Result<std::unique_ptr<FolderCluster>> open(const DataFolder& folder, Access access);

  cluster::ClusterApi& api();
  /// Oldest first; empty also when the owner has ended.
  [[nodiscard]] std::vector<local::StoredEvent> list_events(const cluster::ObjectKey& about);
  [[nodiscard]] std::optional<std::filesystem::path> log_path(const std::string& pod_uid,
                                                              const std::string& container) const;
  /// The process that works on the folder; 0: none.
  [[nodiscard]] int owner() const { return door_ ? door_->owner() : 0; }
  /// Of the process that ran Pods here last; nothing: none has.
  [[nodiscard]] std::optional<local::LastWork> last_work() const { return local::last_work(folder_); }
  /// A process that has the folder and does not answer: it just begins, ends or hangs.
  [[nodiscard]] std::optional<std::string> silent_holder() const {
    return door_ ? std::nullopt : local::holder_of(folder_);
  }
  /// Whether that process still answers.
  [[nodiscard]] bool is_live() { return door_ && door_->is_there(); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<local::DoorClient> door_;
  std::unique_ptr<local::EmbeddedCluster> own_;
};

/// Mends the files of a cluster that open() refuses as damaged.
Result<local::Losses> repair_cluster(const DataFolder& folder);

/// For who looks again and again at what is only read: keeps `cluster` while its owner answers, else opens it anew.
Status look_again(const DataFolder& folder, std::unique_ptr<FolderCluster>& cluster);

}  // namespace visionops::commands
