#include "operator/runtime/queue/shared_work_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace visionops::runtime {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

cluster::ObjectKey pipeline_key(const std::string& name) { return {cluster::Kind::Pipeline, "default", name}; }

/// The queue asks for the time with its lock held, and take() then waits: who comes after the question finds it
/// waiting.
class AskedClock final : public Clock {
 public:
  TimePoint now() const override {
    ++asked_;
    asked_.notify_all();
    return system_.now();
  }
  void wait_until_asked(int times) const {
    for (int asked = asked_; asked < times; asked = asked_) asked_.wait(asked);
  }

 private:
  SystemClock system_;
  mutable std::atomic<int> asked_ = 0;
};

struct SharedWorkQueueTest : testing::Test {
  AskedClock clock;
  SharedWorkQueue queue{clock, {}, kReconcileBackoff, [] { return 0.0; }};
};

TEST_F(SharedWorkQueueTest, WakesAWaitingWorkerWhenAKeyArrives) {
  std::jthread adder([&] {
    clock.wait_until_asked(1);
    queue.add(pipeline_key("a"));
  });
  const auto item = queue.take({}, seconds(10));
  ASSERT_TRUE(item);
  EXPECT_EQ(item->key.name, "a");
}

TEST_F(SharedWorkQueueTest, WakesAWaitingWorkerWhenADelayIsOver) {
  queue.add_after(pipeline_key("a"), milliseconds(30));
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(queue.take({}, seconds(10)));
  const auto waited = std::chrono::steady_clock::now() - began;
  EXPECT_GE(waited, milliseconds(25));
  EXPECT_LT(waited, seconds(5));
}

TEST_F(SharedWorkQueueTest, NoticesADelayThatIsShorterThanTheOneItWaitsFor) {
  queue.add_after(pipeline_key("late"), seconds(30));
  std::jthread adder([&] {
    clock.wait_until_asked(2);  // by add_after() and by take()
    queue.add_after(pipeline_key("soon"), milliseconds(20));
  });
  const auto item = queue.take({}, seconds(10));
  ASSERT_TRUE(item);
  EXPECT_EQ(item->key.name, "soon");
}

TEST_F(SharedWorkQueueTest, GivesUpAfterTheLongestWait) {
  EXPECT_FALSE(queue.take({}, milliseconds(10)));
  EXPECT_FALSE(queue.try_take());
}

TEST_F(SharedWorkQueueTest, ReleasesWaitingWorkersAtOnceOnStopAndOnClose) {
  std::atomic<int> released = 0;
  const auto began = std::chrono::steady_clock::now();
  {
    std::stop_source stop;
    std::vector<std::jthread> workers;
    workers.emplace_back([&] { released += !queue.take(stop.get_token(), seconds(60)); });
    workers.emplace_back([&] { released += !queue.take({}, seconds(60)); });
    clock.wait_until_asked(2);
    stop.request_stop();
    queue.close();
  }
  EXPECT_EQ(released, 2);
  EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(10));
}

TEST_F(SharedWorkQueueTest, NeverLetsTwoWorkersHoldOneKeyAndLosesNoWish) {
  constexpr int kKeys = 5;
  constexpr int kWishes = 2'000;
  std::mutex mutex;
  std::map<std::string, int> held;
  std::map<std::string, int> last_seen;
  std::array<std::atomic<int>, kKeys> wished{};
  std::atomic<bool> overlap = false;
  std::stop_source stop;
  const auto work = [&] {
    while (const auto item = queue.take(stop.get_token(), seconds(60))) {
      const auto index = static_cast<std::size_t>(item->key.name[0] - 'a');
      {
        const std::lock_guard lock(mutex);
        overlap = overlap || ++held[item->key.name] > 1;
        last_seen[item->key.name] = wished[index];
      }
      {
        const std::lock_guard lock(mutex);
        --held[item->key.name];
      }
      queue.done(item->key);
    }
  };
  std::vector<std::jthread> workers;
  for (int i = 0; i < 4; ++i) workers.emplace_back(work);
  for (int i = 0; i < kWishes; ++i) {
    const auto index = static_cast<std::size_t>(i % kKeys);
    ++wished[index];
    queue.add(pipeline_key(std::string(1, static_cast<char>('a' + index))));
  }
  const auto all_seen = [&] {
    const std::lock_guard lock(mutex);
    for (int k = 0; k < kKeys; ++k) {
      if (last_seen[std::string(1, static_cast<char>('a' + k))] != kWishes / kKeys) return false;
    }
    return true;
  };
  for (int i = 0; i < 1'000 && !all_seen(); ++i) std::this_thread::sleep_for(milliseconds(5));
  EXPECT_TRUE(all_seen());
  stop.request_stop();
  workers.clear();
  EXPECT_FALSE(overlap);
}

TEST_F(SharedWorkQueueTest, TellsItsObserversWhatHappens) {
  int added = 0;
  int retried = 0;
  std::size_t depth = 99;
  Duration waited{-1};
  SharedWorkQueue observed(clock, {.depth = [&](std::size_t d) { depth = d; },
                                   .added = [&] { ++added; },
                                   .retried = [&] { ++retried; },
                                   .waited = [&](Duration d) { waited = d; }});
  observed.add(pipeline_key("a"));
  EXPECT_EQ(depth, 1u);
  ASSERT_TRUE(observed.try_take());
  EXPECT_EQ(depth, 0u);
  observed.add_failed(pipeline_key("a"));
  EXPECT_EQ(added, 1);
  EXPECT_EQ(retried, 1);
  EXPECT_GE(waited, Duration{0});
}

}  // namespace
}  // namespace visionops::runtime
