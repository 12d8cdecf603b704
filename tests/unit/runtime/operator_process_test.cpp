// The operator on its real threads against the embedded cluster.
#include "operator/runtime/operator_process.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/spdlog.h>

#include <thread>

#include "operator/runtime/cache/kinds.h"
#include "tests/unit/runtime/objects.h"
#include "tests/unit/runtime/recording_cluster.h"

namespace visionops::runtime {
namespace {

using cluster::Kind;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct OperatorProcessTest : testing::Test {
  SystemClock clock;
  local::ObjectStore store{clock};
  RecordingCluster api{store};
  TelemetryBoard board;
  std::mutex mutex;
  std::map<std::string, int> restarts;

  std::unique_ptr<OperatorProcess> process() {
    Outlets outlets;
    outlets.log = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::null_sink_mt>());
    outlets.observers.watch_restarted = [this](std::string_view, std::string_view cause) {
      const std::lock_guard lock(mutex);
      ++restarts[std::string(cause)];
    };
    return std::make_unique<OperatorProcess>(api, clock, board, OperatorSettings{}, outlets);
  }
  template <class Condition>
  bool eventually(Condition condition) {
    for (int i = 0; i < 2'000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(milliseconds(5));
    }
    return false;
  }
  bool observed(const std::string& name) {
    const auto object = store.get({Kind::Dataset, "default", name});
    return object && std::get<api::Dataset>(*object).status.observed_generation > 0;
  }
};

TEST_F(OperatorProcessTest, ReconcilesWhatExistsAndWhatComesLater) {
  ASSERT_TRUE(store.create(dataset("before")));
  auto op = process();
  op->start();
  EXPECT_TRUE(eventually([&] { return op->ready() && observed("before"); }));
  ASSERT_TRUE(store.create(dataset("after")));
  EXPECT_TRUE(eventually([&] { return observed("after"); }));
  EXPECT_TRUE(op->stop(seconds(10)));
}

TEST_F(OperatorProcessTest, StopsPromptlyWhileAllItsThreadsWait) {
  auto op = process();
  op->start();
  ASSERT_TRUE(eventually([&] { return op->ready(); }));
  const auto began = std::chrono::steady_clock::now();
  EXPECT_TRUE(op->stop(seconds(10)));
  EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(8));
}

TEST_F(OperatorProcessTest, StopsPromptlyBeforeTheFirstListSucceeded) {
  std::atomic<bool> refused = false;
  api.interfere = [&](const std::string&) {
    refused = true;
    return std::optional(retry_error("no API server"));
  };
  auto op = process();
  op->start();
  ASSERT_TRUE(eventually([&] { return refused.load(); }));
  EXPECT_FALSE(op->ready());
  const auto began = std::chrono::steady_clock::now();
  EXPECT_TRUE(op->stop(seconds(10)));
  EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(8));
}

TEST_F(OperatorProcessTest, TellsWhenAThreadDoesNotEndInTime) {
  std::atomic<bool> entered = false;
  std::atomic<bool> release = false;
  api.interfere = [&](const std::string& call) -> std::optional<Error> {
    if (call != "list Pod") return std::nullopt;
    entered = true;
    release.wait(false);
    return retry_error("at last");
  };
  auto op = process();
  op->start();
  ASSERT_TRUE(eventually([&] { return entered.load(); }));
  EXPECT_FALSE(op->stop(milliseconds(50)));
  release = true;
  release.notify_all();
  EXPECT_TRUE(op->stop(seconds(10)));
}

TEST_F(OperatorProcessTest, GoesOnAfterTheHistoryOfTheClusterWasForgotten) {
  std::atomic<bool> gone = false;
  api.interfere = [&](const std::string& call) -> std::optional<Error> {
    if (call == "watch Dataset" && !gone.exchange(true)) return Error{ErrorClass::Gone, "too old"};
    return std::nullopt;
  };
  auto op = process();
  op->start();
  ASSERT_TRUE(eventually([&] { return op->ready() && gone; }));
  ASSERT_TRUE(store.create(dataset("after")));
  EXPECT_TRUE(eventually([&] { return observed("after"); }));
  {
    const std::lock_guard lock(mutex);
    EXPECT_EQ(restarts["gone"], 1);
  }
  EXPECT_TRUE(op->stop(seconds(10)));
}

TEST_F(OperatorProcessTest, BringsBackAJobThatWasDeletedByHand) {
  auto op = process();
  op->start();
  ASSERT_TRUE(store.create(dataset("a")));
  ASSERT_TRUE(eventually([&] { return !store.view(Kind::Job).empty(); }));
  const auto job = store.view(Kind::Job).front();
  ASSERT_TRUE(store.remove(cluster::key_of(*job), {}));
  EXPECT_TRUE(eventually([&] {
    const auto jobs = store.view(Kind::Job);
    return !jobs.empty() && cluster::meta_of(*jobs.front()).uid != cluster::meta_of(*job).uid;
  }));
  EXPECT_TRUE(op->stop(seconds(10)));
}

}  // namespace
}  // namespace visionops::runtime
