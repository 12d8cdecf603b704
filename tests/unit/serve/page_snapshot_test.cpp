#include "operator/health/page_snapshot.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

namespace visionops::serve {
namespace {

using std::chrono::milliseconds;

TEST(PageSnapshot, RepliesWithWhatItsSourcesSaidLast) {
  bool ready = false;
  PageSnapshot snapshot({}, {.metrics = [] { return "up 1\n"; },
                             .alive = {},
                             .ready =
                                 [&] {
                                   return Health{ready, "caches are not complete"};
                                 }});
  EXPECT_EQ(snapshot.page("/metrics").body, "up 1\n");
  EXPECT_EQ(snapshot.page("/metrics").content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(snapshot.page("/healthz").status, 200);
  EXPECT_EQ(snapshot.page("/readyz").status, 503);
  EXPECT_EQ(snapshot.page("/readyz").body, "caches are not complete\n");
  ready = true;
  EXPECT_EQ(snapshot.page("/readyz").status, 503) << "reading never asks the source";
  snapshot.refresh();
  EXPECT_EQ(snapshot.page("/readyz").status, 200);
}

TEST(PageSnapshot, KnowsOnlyItsThreePaths) {
  PageSnapshot snapshot({}, {});
  EXPECT_EQ(snapshot.page("/").status, 404);
  EXPECT_EQ(snapshot.page("/metrics/../etc/passwd").status, 404);
  EXPECT_EQ(snapshot.page("/metrics").status, 404) << "no source of metrics was given";
}

TEST(PageSnapshot, TurnsUnhealthyWhenASourceHangs) {
  std::atomic<bool> hang = false;
  std::atomic<bool> release = false;
  PageSnapshot snapshot({.refresh = milliseconds(1), .hang_limit = milliseconds(50)}, {.metrics = [&] {
                          if (hang) release.wait(false);
                          return std::string("up 1\n");
                        }});
  std::jthread refresher([&](std::stop_token stop) { snapshot.keep_fresh(stop); });
  EXPECT_EQ(snapshot.page("/healthz").status, 200);
  hang = true;
  for (int i = 0; i < 1'000 && snapshot.page("/healthz").status == 200; ++i)
    std::this_thread::sleep_for(milliseconds(5));
  EXPECT_EQ(snapshot.page("/healthz").status, 503);
  EXPECT_EQ(snapshot.page("/metrics").status, 200) << "the last snapshot can still be read";
  release = true;
  release.notify_all();
}

TEST(PageSnapshot, SurvivesASourceThatThrows) {
  PageSnapshot snapshot({}, {.metrics = []() -> std::string { throw std::runtime_error("out of order"); }});
  EXPECT_EQ(snapshot.page("/healthz").status, 503);
  EXPECT_NE(snapshot.page("/healthz").body.find("out of order"), std::string::npos);
}

}  // namespace
}  // namespace visionops::serve
