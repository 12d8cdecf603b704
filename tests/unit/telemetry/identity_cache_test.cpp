#include "operator/telemetry/identity_cache.h"

#include <gtest/gtest.h>

namespace visionops::telemetry {
namespace {

using Identity = IdentityCache::Identity;

constexpr IdentityCache::Time kNow{std::chrono::hours(1)};

/// Knows one token, and counts how often it was asked.
struct Authority {
  int asked = 0;
  bool away = false;
  std::string run_uid = "owner";
  Result<Identity> operator()(const std::string& token) {
    ++asked;
    if (away) return retry_error("no answer");
    if (token != "good") return Identity();
    return Identity(PodIdentity{"ns", "pod", "uid", {"TrainingJob", "ns", "job", run_uid, 1, 1}});
  }
};

class IdentityCacheTest : public ::testing::Test {
 protected:
  Result<Identity> identify(const std::string& token, std::chrono::seconds later = {}) {
    return cache_.identify(token, kNow + later, std::ref(authority_));
  }
  Authority authority_;
  IdentityCache cache_{{.entries = 3, .good = std::chrono::seconds(60), .bad = std::chrono::seconds(10)}};
};

TEST_F(IdentityCacheTest, AsksOnceForAMinute) {
  for (int second : {0, 1, 59}) {
    const auto identity = identify("good", std::chrono::seconds(second));
    ASSERT_TRUE(identity);
    ASSERT_TRUE(*identity);
    EXPECT_EQ((*identity)->name, "pod");
  }
  EXPECT_EQ(authority_.asked, 1);
  (void)identify("good", std::chrono::seconds(60));
  EXPECT_EQ(authority_.asked, 2);
}

TEST_F(IdentityCacheTest, RemembersARefusalShorter) {
  EXPECT_FALSE(*identify("bad"));
  EXPECT_FALSE(*identify("bad", std::chrono::seconds(9)));
  EXPECT_EQ(authority_.asked, 1);
  (void)identify("bad", std::chrono::seconds(10));
  EXPECT_EQ(authority_.asked, 2);
}

TEST_F(IdentityCacheTest, RemembersAPodWithoutARunNoLongerThanARefusal) {
  authority_.run_uid = "";
  EXPECT_TRUE(*identify("good"));
  (void)identify("good", std::chrono::seconds(9));
  EXPECT_EQ(authority_.asked, 1);
  (void)identify("good", std::chrono::seconds(10));
  EXPECT_EQ(authority_.asked, 2);
}

TEST_F(IdentityCacheTest, DoesNotRememberThatNobodyAnswered) {
  authority_.away = true;
  EXPECT_FALSE(identify("good"));
  authority_.away = false;
  const auto identity = identify("good");
  ASSERT_TRUE(identity);
  EXPECT_TRUE(*identity);
}

TEST_F(IdentityCacheTest, ForgetsTheOldestAndStaysSmall) {
  (void)identify("good");
  for (const char* invented : {"a", "b"}) (void)identify(invented);
  EXPECT_EQ(authority_.asked, 3);
  (void)identify("good");
  EXPECT_EQ(authority_.asked, 3);
  (void)identify("c");
  EXPECT_EQ(cache_.size(), 3U);
  (void)identify("good");
  EXPECT_EQ(authority_.asked, 5) << "the oldest gave way";
}

}  // namespace
}  // namespace visionops::telemetry
