#include "operator/runtime/watch/watch_position.h"

#include <gtest/gtest.h>

namespace visionops::runtime {
namespace {

using Phase = WatchPosition::Phase;

Status error(ErrorClass cls) { return Error{cls, "test"}; }

WatchPosition watching(const std::string& version = "7") {
  WatchPosition position;
  position.listed(version);
  position.opened();
  return position;
}

TEST(WatchPosition, StartsEmptyAndNeedsAList) {
  const WatchPosition position;
  EXPECT_EQ(position.phase(), Phase::Empty);
  EXPECT_EQ(position.wait(0), Duration{0});
}

TEST(WatchPosition, WatchesFromTheVersionOfTheList) {
  WatchPosition position;
  position.listed("7");
  EXPECT_EQ(position.phase(), Phase::Listed);
  EXPECT_EQ(position.version(), "7");
  position.opened();
  EXPECT_EQ(position.phase(), Phase::Watching);
}

TEST(WatchPosition, WatchesAgainFromTheLastChangeWhenAStreamEnds) {
  auto position = watching();
  position.advanced("9");
  position.advanced("");
  position.ended({}, true);
  EXPECT_EQ(position.phase(), Phase::Listed);
  EXPECT_EQ(position.version(), "9");
  EXPECT_EQ(position.wait(0), Duration{0});
}

TEST(WatchPosition, ListsAgainAtOnceWhenAHealthyStreamEndsWithGone) {
  auto position = watching();
  position.ended(error(ErrorClass::Gone), true);
  EXPECT_EQ(position.phase(), Phase::Empty);
  EXPECT_EQ(position.wait(0), Duration{0});
}

TEST(WatchPosition, KeepsItsPlaceOnATransientErrorButWaits) {
  auto position = watching("12");
  position.ended(error(ErrorClass::Retry), true);
  EXPECT_EQ(position.phase(), Phase::Listed);
  EXPECT_EQ(position.version(), "12");
  EXPECT_EQ(position.wait(0), Duration{800});
}

TEST(WatchPosition, ListsAgainAfterAnErrorThatAPositionCannotExplain) {
  for (const auto cls : {ErrorClass::Internal, ErrorClass::Invalid, ErrorClass::NotFound}) {
    auto position = watching();
    position.ended(error(cls), false);
    EXPECT_EQ(position.phase(), Phase::Empty) << to_string(cls);
    EXPECT_GT(position.wait(0), Duration{0});
  }
}

TEST(WatchPosition, WaitsLongerWithEachListThatIsGoneAtOnce) {
  WatchPosition position;
  Duration last{0};
  for (int i = 0; i < 4; ++i) {
    position.listed("7");
    position.opened();
    position.ended(error(ErrorClass::Gone), false);
    EXPECT_GT(position.wait(0), last);
    last = position.wait(0);
  }
}

TEST(WatchPosition, WaitsAtMostThirtySecondsBeforeJitterAndAtMostAMinuteWithIt) {
  WatchPosition position;
  for (int i = 0; i < 50; ++i) position.list_failed();
  EXPECT_EQ(position.wait(0), Duration{30'000});
  EXPECT_LE(position.wait(0.999), Duration{60'000});
}

TEST(WatchPosition, ForgivesFailuresOnlyAfterAHealthyStream) {
  WatchPosition position;
  position.list_failed();
  position.list_failed();
  position.listed("7");
  EXPECT_EQ(position.failures(), 2) << "a list alone proves nothing";
  position.opened();
  position.ended({}, true);
  EXPECT_EQ(position.failures(), 0);
}

TEST(WatchPosition, DoesNotSpinWhenStreamsEndAtOnce) {
  auto position = watching();
  position.ended({}, false);
  EXPECT_GT(position.wait(0), Duration{0});
}

}  // namespace
}  // namespace visionops::runtime
