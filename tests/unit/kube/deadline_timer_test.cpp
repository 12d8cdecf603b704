#include "operator/kube/transport/deadline_timer.h"

#include <gtest/gtest.h>

#include <future>

namespace visionops::kube {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using SteadyClock = std::chrono::steady_clock;

bool comes(std::promise<void>& called) { return called.get_future().wait_for(seconds(5)) == std::future_status::ready; }

TEST(DeadlineTimer, ADeadlineThatIsArmedWhileTheTimerRestsIsNoticed) {
  DeadlineTimer timer;
  for (int i = 0; i < 3; ++i) {
    std::promise<void> called;
    timer.arm(SteadyClock::now() + milliseconds(20), [&] { called.set_value(); });
    EXPECT_TRUE(comes(called)) << i;
  }
}

TEST(DeadlineTimer, ANearerDeadlineIsNoticedWhileTheTimerWaitsForAFartherOne) {
  DeadlineTimer timer;
  timer.arm(SteadyClock::now() + seconds(600), [] { FAIL(); });
  std::promise<void> first;
  timer.arm(SteadyClock::now() + milliseconds(20), [&] { first.set_value(); });
  EXPECT_TRUE(comes(first));
}

TEST(DeadlineTimer, ADisarmedDeadlineDoesNotCall) {
  DeadlineTimer timer;
  const auto id = timer.arm(SteadyClock::now() + milliseconds(50), [] { FAIL(); });
  timer.disarm(id);
  std::promise<void> later;
  timer.arm(SteadyClock::now() + milliseconds(100), [&] { later.set_value(); });
  EXPECT_TRUE(comes(later));
}

TEST(DeadlineTimer, TellsHowLongACallIsMadeAndNotAnswered) {
  DeadlineTimer timer;
  std::promise<void> called;
  const auto far = timer.arm(SteadyClock::now() + seconds(600), [] {});
  EXPECT_EQ(timer.longest_overdue(), milliseconds(0));
  const auto id = timer.arm(SteadyClock::now() - milliseconds(700), [&] { called.set_value(); });
  ASSERT_TRUE(comes(called));
  EXPECT_GE(timer.longest_overdue(), milliseconds(700));
  timer.disarm(id);
  EXPECT_EQ(timer.longest_overdue(), milliseconds(0));
  timer.disarm(far);
}

TEST(DeadlineTimer, ACallMayArmTheNextOne) {
  DeadlineTimer timer;
  std::promise<void> second;
  timer.arm(SteadyClock::now(), [&] { timer.arm(SteadyClock::now(), [&] { second.set_value(); }); });
  EXPECT_TRUE(comes(second));
}

}  // namespace
}  // namespace visionops::kube
