#include "operator/runtime/leadership/leader_election.h"

#include <gtest/gtest.h>

namespace visionops::runtime {
namespace {

using namespace std::chrono_literals;

cluster::Lease held_by(const std::string& holder, const std::string& version) {
  cluster::Lease lease;
  lease.holder = holder;
  lease.meta.resource_version = version;
  lease.duration_seconds = 15;
  return lease;
}

const SteadyTime kStart{1000s};

TEST(LeaderElection, AMissingLeaseIsCreated) {
  ObservedLease observed;
  EXPECT_EQ(decide_lease(std::nullopt, observed, "me", {}, kStart), LeaseStep::Create);
}

TEST(LeaderElection, AReleasedLeaseIsAcquiredAtOnce) {
  ObservedLease observed;
  EXPECT_EQ(decide_lease(held_by("", "5"), observed, "me", {}, kStart), LeaseStep::Acquire);
}

TEST(LeaderElection, AnotherHolderIsWaitedForFromTheMomentItsRecordLastChanged) {
  ObservedLease observed;
  EXPECT_EQ(decide_lease(held_by("you", "5"), observed, "me", {}, kStart), LeaseStep::Wait);
  EXPECT_EQ(decide_lease(held_by("you", "5"), observed, "me", {}, kStart + 14s), LeaseStep::Wait);
  EXPECT_EQ(decide_lease(held_by("you", "6"), observed, "me", {}, kStart + 14500ms), LeaseStep::Wait) << "it renewed";
  EXPECT_EQ(decide_lease(held_by("you", "6"), observed, "me", {}, kStart + 29s), LeaseStep::Wait);
  EXPECT_EQ(decide_lease(held_by("you", "6"), observed, "me", {}, kStart + 29500ms), LeaseStep::Acquire);
}

TEST(LeaderElection, TheClockOfTheHolderIsNotBelieved) {
  ObservedLease observed;
  auto lease = held_by("you", "5");
  lease.renew_time = TimePoint{};  // 1970: far in the past by the holder's clock
  EXPECT_EQ(decide_lease(lease, observed, "me", {}, kStart), LeaseStep::Wait);
}

TEST(LeaderElection, OurOwnLeaseIsRenewed) {
  ObservedLease observed;
  EXPECT_EQ(decide_lease(held_by("me", "5"), observed, "me", {}, kStart), LeaseStep::Renew);
}

TEST(LeaderElection, LooksAgainWhenTheRecordOfAnotherHolderExpiresAndNotAPeriodLater) {
  ObservedLease observed;
  (void)decide_lease(held_by("you", "5"), observed, "me", {}, kStart);
  EXPECT_EQ(next_look(observed, "me", {}, kStart), 1s);
  EXPECT_EQ(next_look(observed, "me", {}, kStart + 14500ms), 500ms);
  EXPECT_EQ(next_look(observed, "me", {}, kStart + 14s + 999999us), 1ms);
  EXPECT_EQ(next_look(observed, "me", {}, kStart + 15s), 2s) << "it was asked just now";
}

TEST(LeaderElection, ALeaderRenewsAPeriodLater) {
  ObservedLease observed;
  (void)decide_lease(held_by("me", "5"), observed, "me", {}, kStart);
  EXPECT_EQ(next_look(observed, "me", {}, kStart + 14s), 2s);
}

}  // namespace
}  // namespace visionops::runtime
