#include "operator/http/seats.h"

#include <gtest/gtest.h>

namespace visionops::http {
namespace {

constexpr SeatLimits kSmall{.total = 6, .of_one_address = 4, .idle = 5, .heads = 3, .bodies = 2, .answers = 2};

TEST(Seats, AreFreeUpToEachLimit) {
  Seats seats(kSmall);
  for (const char* address : {"a", "a", "a", "a", "b"}) seats.enter(address);
  EXPECT_EQ(seats.surplus(), std::nullopt) << "5 idle, 4 of them of one address";
  seats.move(1, Stage::Body);
  seats.move(2, Stage::Body);
  seats.enter("b");
  EXPECT_EQ(seats.surplus(), std::nullopt) << "6 in all, 2 bodies";
}

TEST(Seats, TheOldestIdleOneGivesWayToANewcomer) {
  Seats seats({.total = 2, .of_one_address = 9, .idle = 9, .heads = 9, .bodies = 9, .answers = 9});
  const auto first = seats.enter("a");
  const auto second = seats.enter("b");
  const auto third = seats.enter("c");
  EXPECT_EQ(seats.surplus(), first);
  seats.leave(first);
  EXPECT_EQ(seats.surplus(), std::nullopt);
  seats.move(second, Stage::Head);
  seats.enter("d");
  EXPECT_EQ(seats.surplus(), third) << "who is sending a request stays longer than who is not";
}

TEST(Seats, OfTheBusiestAddressFirst) {
  Seats seats({.total = 3, .of_one_address = 9, .idle = 9, .heads = 9, .bodies = 9, .answers = 9});
  seats.enter("lonely");
  const auto crowd = seats.enter("crowd");
  seats.enter("crowd");
  seats.enter("crowd");
  EXPECT_EQ(seats.surplus(), crowd);
}

TEST(Seats, WhoWasServedOnceGivesWayAfterStrangers) {
  Seats seats({.total = 2, .of_one_address = 9, .idle = 4, .heads = 9, .bodies = 9, .answers = 9});
  const auto sender = seats.enter("a");
  seats.served(sender);
  const auto stranger = seats.enter("a");
  seats.enter("a");
  EXPECT_EQ(seats.surplus(), stranger);
}

TEST(Seats, ANewcomerGetsInWhereAllOthersWereServedBefore) {
  Seats seats({.total = 3, .of_one_address = 9, .idle = 4, .heads = 9, .bodies = 9, .answers = 9});
  for (int i = 0; i < 3; ++i) seats.served(seats.enter("a"));
  seats.enter("b");
  EXPECT_EQ(seats.surplus(), Seats::Id{1});
}

TEST(Seats, EachStageHasItsOwnLimit) {
  Seats seats(kSmall);
  for (const char* address : {"a", "a", "b", "b"}) seats.move(seats.enter(address), Stage::Head);
  EXPECT_EQ(seats.surplus(), Seats::Id{1}) << "4 heads where 3 may be";
  seats.leave(1);
  for (const Seats::Id id : {2, 3, 4}) seats.move(id, Stage::Body);
  EXPECT_EQ(seats.surplus(), Seats::Id{3}) << "3 bodies where 2 may be: the oldest of the busiest address";
}

TEST(Seats, AnAddressWithMoreThanItsShareLosesItsOwn) {
  Seats seats(kSmall);
  const auto other = seats.enter("b");
  const auto slow = seats.enter("a");
  seats.move(slow, Stage::Head);
  const auto idle = seats.enter("a");
  for (int i = 0; i < 3; ++i) seats.move(seats.enter("a"), Stage::Answer);
  EXPECT_EQ(seats.surplus(), idle);
  seats.leave(idle);
  EXPECT_EQ(seats.surplus(), std::nullopt);
  EXPECT_EQ(seats.at(Stage::Idle), 1U) << "the other address keeps " << other;
}

TEST(Seats, WorkUnderWayIsNeverEnded) {
  Seats seats({.total = 1, .of_one_address = 1, .idle = 1, .heads = 1, .bodies = 1, .answers = 1});
  for (int i = 0; i < 2; ++i) seats.move(seats.enter("a"), Stage::Answer);
  EXPECT_EQ(seats.surplus(), std::nullopt);
  const auto newcomer = seats.enter("b");
  EXPECT_EQ(seats.surplus(), newcomer);
  EXPECT_EQ(seats.next_to_go(), newcomer);
}

TEST(Seats, WhoHasLeftIsForgotten) {
  Seats seats(kSmall);
  const auto id = seats.enter("a");
  seats.leave(id);
  seats.leave(id);
  seats.move(id, Stage::Head);
  seats.served(id);
  EXPECT_EQ(seats.size(), 0U);
  EXPECT_EQ(seats.at(Stage::Head), 0U);
}

}  // namespace
}  // namespace visionops::http
