// The suite against the embedded cluster, in memory and on disk.
#include <stdlib.h>

#include <filesystem>

#include "operator/local/api_server/local_cluster.h"
#include "tests/cluster/conformance.h"

namespace visionops::test {
namespace {

class EmbeddedTestCluster final : public TestCluster {
 public:
  explicit EmbeddedTestCluster(bool on_disk) {
    if (on_disk) {
      char folder[] = "/tmp/visionops-conformance-XXXXXX";
      folder_ = mkdtemp(folder);
      auto opened = local::ObjectStore::open(folder_, clock_);
      if (!opened) throw std::runtime_error(opened.error().message);
      store_ = std::move(*opened);
    } else {
      store_ = std::make_unique<local::ObjectStore>(clock_);
    }
    api_ = std::make_unique<local::LocalCluster>(*store_);
  }
  ~EmbeddedTestCluster() override {
    store_.reset();
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  cluster::ClusterApi& api() override { return *api_; }
  std::string new_namespace() override { return "test-" + std::to_string(++namespaces_); }
  Result<cluster::Object> edit(const cluster::Object& object) override { return store_->update(object); }
  void forget_history() override { store_->compact_history(); }
  std::chrono::milliseconds patience() const override { return std::chrono::seconds(5); }

 private:
  SystemClock clock_;
  std::filesystem::path folder_;
  std::unique_ptr<local::ObjectStore> store_;
  std::unique_ptr<local::LocalCluster> api_;
  int namespaces_ = 0;
};

INSTANTIATE_TEST_SUITE_P(
    Embedded, ClusterApiConformance,
    testing::Values(ClusterUnderTest{"InMemory", [] { return std::make_shared<EmbeddedTestCluster>(false); }},
                    ClusterUnderTest{"OnDisk", [] { return std::make_shared<EmbeddedTestCluster>(true); }}),
    name_of_cluster);

}  // namespace
}  // namespace visionops::test
