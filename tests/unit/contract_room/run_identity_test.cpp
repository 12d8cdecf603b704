#include "worker/contract/run_identity.h"

#include <gtest/gtest.h>

#include <set>

namespace visionops::contract {
namespace {

RunIdentity identity() {
  return {"uid-1", 1, "hash", {{"train", "datasets:raw/a", "sha256:a"}, {"val", "datasets:raw/b", "sha256:b"}}};
}

TEST(RunIdentity, IsEqualForEqualRunsAndAnotherForEveryDifference) {
  EXPECT_EQ(digest_of(identity()), digest_of(identity()));
  EXPECT_EQ(digest_of(identity()).size(), 32U);
  std::set<std::string> digests{digest_of(identity())};
  std::vector<RunIdentity> others(8, identity());
  others[0].owner_uid = "uid-2";
  others[1].run = 2;
  others[2].spec_hash = "hash2";
  others[3].inputs[0].digest = "sha256:c";
  others[4].inputs[0].where = "models:raw/a";
  others[5].inputs[1].role = "test";
  others[6].inputs.pop_back();
  std::swap(others[7].inputs[0], others[7].inputs[1]);
  for (const auto& other : others) digests.insert(digest_of(other));
  EXPECT_EQ(digests.size(), 9U);
}

TEST(RunIdentity, HasPartsThatCannotRunIntoEachOther) {
  RunIdentity a{"u", 1, "h", {{"train", "s:a", "b"}}};
  RunIdentity b{"u", 1, "h", {{"train", "s:", "ab"}}};
  RunIdentity c{"u\",1,\"h", 1, "h", {}};
  RunIdentity d{"u", 1, "h\",1,\"h", {}};
  EXPECT_NE(digest_of(a), digest_of(b));
  EXPECT_NE(digest_of(c), digest_of(d));
}

TEST(RunIdentity, TellsWhoElseMadeSomething) {
  const RunOwner owner{"TrainingJob", "default", "detector", "uid-1", 2, 1, "mine"};
  EXPECT_EQ(why_not_of(owner, {"uid-1", 2, "mine"}), "");
  EXPECT_EQ(why_not_of(owner, {"uid-0", 2, "theirs"}), "it is of another object (uid uid-0)");
  EXPECT_EQ(why_not_of(owner, {"uid-1", 1, "theirs"}), "it is of run 1");
  EXPECT_EQ(why_not_of(owner, {"uid-1", 2, "theirs"}), "it is of another spec or other data");
  EXPECT_EQ(why_not_of(owner, {"uid-1", 2, ""}), "it does not tell of which spec and data it is");
}

TEST(RunIdentity, OfARunThatAnEarlierVersionBeganIsItsUidAndNumber) {
  const RunOwner owner{"TrainingJob", "default", "detector", "uid-1", 2, 1, ""};
  EXPECT_EQ(why_not_of(owner, {"uid-1", 2, ""}), "");
  EXPECT_NE(why_not_of(owner, {"uid-0", 2, ""}), "");
  EXPECT_NE(why_not_of(owner, {"uid-1", 1, ""}), "");
  EXPECT_NE(why_not_of(owner, {"uid-1", 2, "theirs"}), "");
}

}  // namespace
}  // namespace visionops::contract
