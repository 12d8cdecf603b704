// The suite against a real kube-apiserver.
#include "tests/cluster/conformance.h"
#include "tests/cluster/real_cluster.h"

namespace visionops::test {
namespace {

INSTANTIATE_TEST_SUITE_P(Kubernetes, ClusterApiConformance,
                         testing::Values(ClusterUnderTest{"Https", [] { return real_cluster(); }}), name_of_cluster);

}  // namespace
}  // namespace visionops::test
