#include "operator/runtime/queue/work_queue.h"

#include <gtest/gtest.h>

namespace visionops::runtime {
namespace {

using std::chrono::seconds;

cluster::ObjectKey key(const std::string& name) { return {cluster::Kind::Dataset, "default", name}; }

struct WorkQueueTest : testing::Test {
  WorkQueue queue{{Duration{5}, Duration{60'000}, 0.5}, [this] { return random; }};
  double random = 0.0;
  TimePoint now{seconds(1'000)};

  std::string take() {
    const auto item = queue.take(now);
    return item ? item->key.name : "nothing";
  }
  std::string take_and_finish() {
    const std::string name = take();
    queue.done(key(name), now);
    return name;
  }
  void add(const std::string& name, Priority priority = Priority::Fresh) { queue.add(key(name), priority, now); }
};

TEST_F(WorkQueueTest, HandsOutKeysInTheOrderOfTheirArrival) {
  add("b");
  add("a");
  EXPECT_EQ(take(), "b");
  EXPECT_EQ(take(), "a");
  EXPECT_EQ(take(), "nothing");
}

TEST_F(WorkQueueTest, HoldsAKeyOnlyOnce) {
  add("a");
  add("a");
  EXPECT_EQ(queue.depth(), 1u);
  EXPECT_EQ(take_and_finish(), "a");
  EXPECT_EQ(take(), "nothing");
}

TEST_F(WorkQueueTest, NeverHandsOutAKeyThatIsBeingProcessed) {
  add("a");
  EXPECT_EQ(take(), "a");
  add("a");
  queue.add_after(key("a"), seconds(1), now);
  now += seconds(2);
  EXPECT_EQ(take(), "nothing");
  queue.done(key("a"), now);
  EXPECT_EQ(take(), "a");
}

TEST_F(WorkQueueTest, ServesManyWishesDuringProcessingByOneMoreRun) {
  add("a");
  take();
  add("a");
  add("a");
  queue.done(key("a"), now);
  EXPECT_EQ(take_and_finish(), "a");
  EXPECT_EQ(take(), "nothing");
}

TEST_F(WorkQueueTest, KeepsADelayThatBecomesDueDuringProcessing) {
  add("a");
  take();
  queue.add_after(key("a"), seconds(1), now);
  now += seconds(5);
  EXPECT_EQ(take(), "nothing");
  queue.done(key("a"), now);
  EXPECT_EQ(take(), "a");
}

TEST_F(WorkQueueTest, HoldsADelayedKeyBackUntilItIsDue) {
  queue.add_after(key("a"), seconds(10), now);
  EXPECT_EQ(queue.next_due(), now + seconds(10));
  now += seconds(10) - Duration{1};
  EXPECT_EQ(take(), "nothing");
  now += Duration{1};
  EXPECT_EQ(take(), "a");
  EXPECT_EQ(queue.next_due(), std::nullopt);
}

TEST_F(WorkQueueTest, LetsTheEarliestOfSeveralDelaysWin) {
  queue.add_after(key("a"), seconds(10), now);
  queue.add_after(key("a"), seconds(3), now);
  queue.add_after(key("a"), seconds(30), now);
  EXPECT_EQ(queue.next_due(), now + seconds(3));
  now += seconds(60);
  EXPECT_EQ(take_and_finish(), "a");
  EXPECT_EQ(take(), "nothing");
}

TEST_F(WorkQueueTest, LetsAnEventOvertakeADelayAndForgetsTheDelay) {
  queue.add_after(key("a"), seconds(10), now);
  add("a");
  EXPECT_EQ(take_and_finish(), "a");
  now += seconds(60);
  EXPECT_EQ(take(), "nothing");
}

TEST_F(WorkQueueTest, IgnoresADelayForAKeyThatIsReadyAlready) {
  add("a");
  queue.add_after(key("a"), seconds(10), now);
  EXPECT_EQ(queue.next_due(), std::nullopt);
}

TEST_F(WorkQueueTest, TakesADelayOfZeroAsNow) {
  queue.add_after(key("a"), Duration{0}, now);
  EXPECT_EQ(take(), "a");
}

TEST_F(WorkQueueTest, ServesFreshEventsBeforeResyncs) {
  add("old", Priority::Resync);
  add("new");
  EXPECT_EQ(take(), "new");
  EXPECT_EQ(take(), "old");
}

TEST_F(WorkQueueTest, MovesAResyncForwardWhenAnEventArrivesForIt) {
  add("first", Priority::Resync);
  add("second", Priority::Resync);
  add("second");
  EXPECT_EQ(take(), "second");
  EXPECT_EQ(take(), "first");
}

TEST_F(WorkQueueTest, DoesNotMoveAnEventBackWhenAResyncArrivesForIt) {
  add("a");
  add("a", Priority::Resync);
  add("b");
  EXPECT_EQ(take(), "a");
}

TEST_F(WorkQueueTest, KeepsThePriorityOfAWishDuringProcessing) {
  add("a");
  take();
  add("a", Priority::Resync);
  add("b");
  queue.done(key("a"), now);
  EXPECT_EQ(take(), "b");
  EXPECT_EQ(take(), "a");
}

TEST_F(WorkQueueTest, DoublesTheBackoffOfAKeyWithEachFailureUpToItsCap) {
  EXPECT_EQ(queue.add_failed(key("a"), now), Duration{5});
  EXPECT_EQ(queue.add_failed(key("a"), now), Duration{10});
  EXPECT_EQ(queue.add_failed(key("a"), now), Duration{20});
  for (int i = 0; i < 40; ++i) queue.add_failed(key("a"), now);
  EXPECT_EQ(queue.add_failed(key("a"), now), Duration{60'000});
  EXPECT_EQ(queue.add_failed(key("b"), now), Duration{5}) << "each key has its own count";
}

TEST_F(WorkQueueTest, AddsTheInjectedJitterToTheBackoff) {
  random = 0.8;
  queue.add_failed(key("a"), now);
  EXPECT_EQ(queue.add_failed(key("a"), now), Duration{10 + 4});
}

TEST_F(WorkQueueTest, StartsTheBackoffAnewAfterASuccess) {
  queue.add_failed(key("a"), now);
  queue.add_failed(key("a"), now);
  EXPECT_EQ(queue.failures(key("a")), 2);
  queue.forget(key("a"));
  EXPECT_EQ(queue.failures(key("a")), 0);
  EXPECT_EQ(queue.add_failed(key("a"), now), Duration{5});
}

TEST_F(WorkQueueTest, TellsHowLongAKeyWasReadyBeforeItWasTaken) {
  queue.add_after(key("a"), seconds(3), now);
  now += seconds(7);
  EXPECT_EQ(queue.take(now)->waited, seconds(4));
}

TEST_F(WorkQueueTest, HandsOutNothingAfterItWasClosed) {
  add("a");
  queue.close();
  EXPECT_TRUE(queue.closed());
  EXPECT_EQ(take(), "nothing");
  add("b");
  queue.add_after(key("c"), seconds(1), now);
  queue.add_failed(key("d"), now);
  now += seconds(60);
  EXPECT_EQ(take(), "nothing");
  EXPECT_EQ(queue.depth(), 0u);
}

}  // namespace
}  // namespace visionops::runtime
