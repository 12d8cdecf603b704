#include "worker/contract/sidecar_word.h"

#include <gtest/gtest.h>

namespace visionops::contract {
namespace {

SidecarWord word() {
  const StoredCheckpoint model{"checkpoints/a/b/run-1/epoch-0003.pt", std::string(64, 'a'), 10, 3};
  const StoredCheckpoint last{"checkpoints/a/b/run-1/epoch-0009.pt", std::string(64, 'b'), 11, 9};
  return {"uid-1", 2, 3, "0123abcd", model, last, ""};
}

TEST(SidecarWord, ReadsWhatItWrites) {
  const auto back = decode_sidecar_word(encode(word()));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->owner_uid, "uid-1");
  EXPECT_EQ(back->run, 2);
  EXPECT_EQ(back->attempt, 3);
  EXPECT_EQ(back->identity, "0123abcd");
  EXPECT_EQ(back->model->sha256, std::string(64, 'a'));
  EXPECT_EQ(back->last->epoch, 9);
}

TEST(SidecarWord, TakesAWordOfANewerSidecarAndNothingElse) {
  auto text = encode(word());
  text.insert(1, R"("newer": {"x": 1}, )");
  EXPECT_TRUE(decode_sidecar_word(text));
  RunResult trainers;
  trainers.train.emplace().model = word().model;
  for (const std::string& other : {std::string(), std::string("{}"), std::string("null"), std::string("done"),
                                   encode(trainers), encode(word()).substr(1), std::string(5000, ' ')}) {
    EXPECT_FALSE(decode_sidecar_word(other)) << other;
  }
}

TEST(SidecarWord, FitsIntoATerminationMessage) {
  auto long_one = word();
  long_one.problem = std::string(100'000, 'x');
  EXPECT_LE(encode(long_one).size(), kMaxResultBytes);
  EXPECT_TRUE(decode_sidecar_word(encode(long_one)));
  long_one.model->path = long_one.last->path = std::string(3000, 'p');
  EXPECT_LE(encode(long_one).size(), kMaxResultBytes);
  const auto cut = decode_sidecar_word(encode(long_one));
  ASSERT_TRUE(cut);
  EXPECT_FALSE(cut->model);
}

}  // namespace
}  // namespace visionops::contract
