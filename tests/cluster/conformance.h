// The promises of cluster/cluster_api.h as tests, written against ClusterApi alone.
//   INSTANTIATE_TEST_SUITE_P(Embedded, ClusterApiConformance, testing::Values(...), name_of_cluster);
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/cluster/test_cluster.h"

namespace visionops::test {

class ClusterApiConformance : public testing::TestWithParam<ClusterUnderTest> {
 protected:
  void SetUp() override;
  cluster::ClusterApi& api() { return cluster_->api(); }
  TestCluster& cluster() { return *cluster_; }

  /// Objects of this test's namespace, valid for any API server, not yet created.
  [[nodiscard]] api::Dataset dataset(const std::string& name) const;
  [[nodiscard]] api::Pipeline pipeline(const std::string& name) const;
  /// Suspended, so that no controller acts on it.
  [[nodiscard]] cluster::Job job(const std::string& name) const;
  [[nodiscard]] cluster::Pod pod(const std::string& name) const;
  [[nodiscard]] cluster::Lease lease(const std::string& name) const;

  /// The stored object; a failure of the test when the call fails.
  template <class T>
  T created(const T& object) {
    return expect<T>(api().create(object));
  }
  template <class T>
  T updated(const T& object) {
    return expect<T>(api().update(object));
  }
  template <class T>
  T edited(const T& object) {
    return expect<T>(cluster().edit(object));
  }
  template <class T>
  T status_updated(const T& object) {
    return expect<T>(api().update_status(object));
  }
  template <class T>
  T live(const T& object) {
    return expect<T>(api().get(cluster::key_of(object)));
  }
  bool exists(const cluster::Object& object) { return api().get(cluster::key_of(object)).ok(); }
  /// Waits up to the cluster's patience.
  bool eventually(const std::function<bool()>& holds);
  /// The resourceVersion of now, from which a watch starts.
  std::string version_now(cluster::Kind kind);

  std::string namespace_;

 private:
  template <class T>
  static T expect(Result<cluster::Object> result) {
    if (!result) throw std::runtime_error(result.error().message);
    return std::get<T>(std::move(*result));
  }
  std::shared_ptr<TestCluster> cluster_;
};

/// A watch on its own thread and what it has delivered.
class WatchLog {
 public:
  WatchLog(cluster::ClusterApi& api, cluster::Kind kind, cluster::ListOptions options, std::string version);
  ~WatchLog();
  /// Waits until `count` changes other than bookmarks are there, and gives them as "Added a".
  std::vector<std::string> first(std::size_t count, std::chrono::milliseconds patience);
  /// Stops the watch and gives its result.
  Status stop();

 private:
  void run(cluster::ClusterApi& api, cluster::Kind kind, const cluster::ListOptions& options,
           const std::string& version);
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> seen_;
  Status result_;
  std::stop_source stop_;
  std::thread thread_;
};

/// An owner reference to `owner` with controller: true.
api::OwnerReference controlled_by(const cluster::Object& owner);

inline std::string name_of_cluster(const testing::TestParamInfo<ClusterUnderTest>& info) { return info.param.name; }

}  // namespace visionops::test
