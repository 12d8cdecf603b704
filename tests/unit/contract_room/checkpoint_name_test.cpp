#include "worker/contract/checkpoint_name.h"

#include <gtest/gtest.h>

namespace visionops::contract {
namespace {

TEST(CheckpointName, SaysTheEpochAndWhetherARunCanGoOnFromIt) {
  EXPECT_EQ(checkpoint_stem(7), "epoch-0007");
  EXPECT_EQ(checkpoint_stem(12'345, false), "epoch-12345-model");
  EXPECT_EQ(parse_checkpoint_name("a/b/epoch-0007.pt"), (CheckpointFileName{7, true, ".pt"}));
  EXPECT_EQ(parse_checkpoint_name("epoch-0007-model.pth.tar"), (CheckpointFileName{7, false, ".pth.tar"}));
  EXPECT_EQ(parse_checkpoint_name("epoch-12345.json"), (CheckpointFileName{12'345, true, ".json"}));
}

TEST(CheckpointName, OtherNamesAreNone) {
  for (const char* name : {"best.pt", "epoch-.pt", "epoch-7", "epoch--1.pt", "epoch-7x.pt", "epoch-7..pt", "epoch-7.",
                           "epoch-7.p t", "epoch-99999999999.pt", "", "epoch-0007-models.pt"}) {
    EXPECT_EQ(parse_checkpoint_name(name), std::nullopt) << name;
  }
}

TEST(CheckpointName, TheEndingIsThatOfTheFramework) {
  EXPECT_EQ(checkpoint_ending("last.pt"), ".pt");
  EXPECT_EQ(checkpoint_ending("checkpoint-12.pth.tar"), ".pth.tar");
  EXPECT_EQ(checkpoint_ending("epoch=2-step=18.ckpt"), ".ckpt");
  EXPECT_EQ(checkpoint_ending("v1.2.safetensors"), ".safetensors");
  EXPECT_EQ(checkpoint_ending("weights"), ".bin");
  EXPECT_EQ(checkpoint_ending("model.json"), ".bin") << "it would be taken for a manifest";
  EXPECT_EQ(checkpoint_ending(".hidden"), ".bin");
  EXPECT_EQ(checkpoint_ending("a.p t"), ".bin");
}

}  // namespace
}  // namespace visionops::contract
