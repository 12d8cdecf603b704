#include "worker/train/engine/data/ordered_prefetch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

namespace visionops::train {
namespace {

using namespace std::chrono_literals;

TEST(OrderedPrefetch, HandsOutItemsInOrderWhateverTheirTime) {
  OrderedPrefetch<std::size_t> items(50, 4, [](std::size_t i) {
    std::this_thread::sleep_for(i % 4 == 0 ? 3ms : 0ms);
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
  std::atomic<int> made{0};
  OrderedPrefetch<int> items(1000, 2, [&](std::size_t) { return ++made; });
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(made.load(), 4) << "two threads, two items each";
  (void)items.next();
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(made.load(), 5);
}

TEST(OrderedPrefetch, CanBeLeftInTheMiddle) {
  for (int round = 0; round < 50; ++round) {
    OrderedPrefetch<int> items(1000, 3, [](std::size_t i) { return static_cast<int>(i); });
    EXPECT_EQ(items.next(), 0);
  }
}

}  // namespace
}  // namespace visionops::train
