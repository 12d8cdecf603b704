#include "worker/contract/checkpoint_index.h"

#include <gtest/gtest.h>

namespace visionops::contract {
namespace {

const std::string kHex(64, 'a');

TEST(CheckpointIndex, IsOfTheNamespaceOfTheRun) {
  const std::string wanted = "checkpoints/team-a/.visionops/models/" + kHex + ".json";
  EXPECT_EQ(checkpoint_index_path("checkpoints/team-a/detector/run-3-0123", kHex), wanted);
  EXPECT_EQ(checkpoint_index_path("checkpoints/team-a/detector/run-3-0123", "sha256:" + kHex), wanted);
}

TEST(CheckpointIndex, HasNoPlaceForWhatIsNoRunOrNoDigest) {
  EXPECT_EQ(checkpoint_index_path("runs/one", kHex), "");
  EXPECT_EQ(checkpoint_index_path("", kHex), "");
  const std::string capitals(64, 'A');
  for (const auto& digest : {std::string(), std::string("sha256:"), std::string("../../x"), capitals,
                             std::string("sha256:../../../../etc/passwd")})
    EXPECT_EQ(checkpoint_index_path("checkpoints/a/b/run-1", digest), "") << digest;
}

}  // namespace
}  // namespace visionops::contract
