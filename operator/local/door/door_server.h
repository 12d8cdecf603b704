// The owner's side of the door: answers the commands of other terminals.
#pragma once

#include <atomic>
#include <filesystem>
#include <list>
#include <memory>
#include <set>
#include <thread>

#include "base/json_fwd.h"
#include "base/mutex.h"
#include "base/posix/file_descriptor.h"
#include "base/result.h"
#include "operator/cluster/cluster_api.h"
#include "operator/local/api_server/object_store.h"

namespace visionops::local {

class DoorServer {
 public:
  /// Listens below `data` until it is destroyed. `api` and `store` must outlive it.
  static Result<std::unique_ptr<DoorServer>> open(const std::filesystem::path& data, cluster::ClusterApi& api,
                                                  ObjectStore& store);
  ~DoorServer();
  DoorServer(const DoorServer&) = delete;
  DoorServer& operator=(const DoorServer&) = delete;

  /// What guests have created or changed, of our kinds: somebody waits for it.
  [[nodiscard]] std::set<cluster::ObjectKey> asked() const;

 private:
  struct Guest {
    FileDescriptor connection;
    std::atomic<bool> gone = false;
    std::jthread thread;
  };

  DoorServer(std::filesystem::path data, FileDescriptor listener, cluster::ClusterApi& api, ObjectStore& store);
  void accept_guests(const std::stop_token& stop);
  void serve(Guest& guest, const std::stop_token& stop);
  Json reply_to(const std::string& line, const std::stop_token& stop);
  Json take(const Json& request, bool create);
  Json remove(const Json& request);
  Json changes(const Json& request, const std::stop_token& stop);
  Json events(const Json& request);

  const std::filesystem::path data_;
  FileDescriptor listener_;
  cluster::ClusterApi& api_;
  ObjectStore& store_;
  mutable Mutex mutex_;
  std::set<cluster::ObjectKey> asked_ VISIONOPS_GUARDED_BY(mutex_);
  std::list<Guest> guests_;  ///< of the accepting thread, and of the destructor after its end
  std::jthread thread_;
};

}  // namespace visionops::local
