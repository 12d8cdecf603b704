#include "worker/train/engine/data/ordered_prefetch.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>

namespace visionops::train {
namespace {

TEST(OrderedPrefetch, HandsOutItemsInOrderWhateverTheirTime) {
  std::array<std::atomic<bool>, 50> made{};
  OrderedPrefetch<std::size_t> items(50, 4, [&](std::size_t i) {
    if (i % 4 == 0) made[i + 1].wait(false);  // every fourth is later than the one behind it
    made[i] = true;
    made[i].notify_all();
    return i * i;
  });
  for (std::size_t i = 0; i < 50; ++i) EXPECT_EQ(items.next(), i * i);
  EXPECT_EQ(items.next(), std::nullopt);
}

TEST(OrderedPrefetch, IsEmptyForNoItems) {
  OrderedPrefetch<int> items(0, 2, [](std::size_t) { return 1; });
  EXPECT_EQ(items.next(), std::nullopt);
}

TEST(OrderedPrefetch, HoldsABoundedNumberOfItems) {
  constexpr std::size_t kHeld = 4;  // two threads, two items each
  std::atomic<std::size_t> asked{0};
  std::atomic<std::size_t> made{0};
  std::atomic<bool> too_early{false};
  OrderedPrefetch<int> items(1000, 2, [&](std::size_t i) {
    if (i >= asked + kHeld) too_early = true;
    ++made;
    made.notify_all();
    return 0;
  });
  for (; asked < 100; (void)items.next()) {
    for (std::size_t now = made; now < asked + kHeld; now = made) made.wait(now);
    ++asked;
  }
  EXPECT_FALSE(too_early);
}

TEST(OrderedPrefetch, CanBeLeftInTheMiddle) {
  for (int round = 0; round < 50; ++round) {
    OrderedPrefetch<int> items(1000, 3, [](std::size_t i) { return static_cast<int>(i); });
    EXPECT_EQ(items.next(), 0);
  }
}

}  // namespace
}  // namespace visionops::train
