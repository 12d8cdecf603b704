#include "operator/runtime/cache/uid_key.h"

#include <gtest/gtest.h>

#include <string>

namespace visionops::runtime {
namespace {

TEST(UidKey, AUuidIsItsNumber) {
  const UidKey expected{0x00112233445566ffULL, 0x8899aabbccddee0fULL};
  EXPECT_EQ(uid_key("00112233-4455-66ff-8899-aabbccddee0f"), expected);
}

TEST(UidKey, DifferentTextsHaveDifferentKeys) {
  const std::string uuid = "00112233-4455-66ff-8899-aabbccddee0f";
  for (const std::string other : {"00112233-4455-66ff-8899-aabbccddee00", "00112233-4455-66FF-8899-aabbccddee0f",
                                  "00112233445566ff8899aabbccddee0f", "00112233-4455-66ff-8899-aabbccddee0f ", "uid-a",
                                  "00112233-4455-66ff-8899-aabbccddee0g", ""}) {
    EXPECT_FALSE(uid_key(uuid) == uid_key(other)) << other;
  }
  EXPECT_FALSE(uid_key("uid-a") == uid_key("uid-b"));
  EXPECT_EQ(uid_key("uid-a"), uid_key("uid-a"));
}

}  // namespace
}  // namespace visionops::runtime
