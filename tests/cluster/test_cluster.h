// What the conformance suite needs to know about a cluster beside its ClusterApi.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "operator/cluster/cluster_api.h"

namespace visionops::test {

/// A cluster that the suite may fill. Implementations: embedded (local_conformance.cpp) and
/// real (kube_conformance.cpp).
class TestCluster {
 public:
  virtual ~TestCluster() = default;
  virtual cluster::ClusterApi& api() = 0;
  /// A namespace that exists and that no earlier test used.
  virtual std::string new_namespace() = 0;
  /// A person's change of the whole object but its status, as `kubectl replace` makes it. The spec of a
  /// custom resource changes in no other way: ClusterApi leaves it to its user.
  virtual Result<cluster::Object> edit(const cluster::Object& object) = 0;
  /// Afterwards a watch of a custom kind from any resourceVersion before this call ends with Gone.
  virtual void forget_history() = 0;
  /// How long asynchronous effects (garbage collection, watch events) may take.
  virtual std::chrono::milliseconds patience() const { return std::chrono::seconds(30); }
};

struct ClusterUnderTest {
  std::string name;
  std::function<std::shared_ptr<TestCluster>()> make;  ///< may return the same cluster each time
};

inline std::ostream& operator<<(std::ostream& out, const ClusterUnderTest& cluster) { return out << cluster.name; }

}  // namespace visionops::test
