#include "operator/core/training_job/alerts.h"

#include <gtest/gtest.h>

namespace visionops::core {
namespace {

class Alerts : public ::testing::Test {
 protected:
  std::size_t epoch(std::int32_t number, double loss) {
    contract::MetricPoint point;
    point.name = "loss";
    point.value = loss;
    point.epoch = number;
    return evaluate_alerts(alerts, {{"loss", point}}, status).size();
  }
  std::vector<api::Alert> alerts{{"diverging", "loss > 10 for 3 epochs"}};
  api::TrainingJobStatus status;
};

TEST_F(Alerts, FireAfterTheRuleHeldForThatManyEpochs) {
  EXPECT_EQ(epoch(1, 12), 0u);
  EXPECT_EQ(epoch(1, 13), 0u) << "the same epoch again is no second epoch";
  EXPECT_EQ(epoch(2, 12), 0u);
  EXPECT_EQ(epoch(3, 12), 1u);
}

TEST_F(Alerts, FireOncePerRun) {
  EXPECT_EQ(epoch(1, 12) + epoch(2, 12) + epoch(3, 12) + epoch(4, 12) + epoch(5, 12), 1u);
  EXPECT_EQ(status.fired_alerts, std::vector<std::string>{"diverging"});
}

TEST_F(Alerts, StartAgainWhenTheRuleIsBrokenInBetween) {
  EXPECT_EQ(epoch(1, 12) + epoch(2, 12) + epoch(3, 5) + epoch(4, 12) + epoch(5, 12), 0u);
  EXPECT_EQ(epoch(6, 12), 1u);
}

TEST_F(Alerts, TellTheRuleTheValueAndTheEpoch) {
  alerts[0].when = "loss > 10";
  contract::MetricPoint point;
  point.name = "loss";
  point.value = 12.5;
  point.epoch = 4;
  const auto fired = evaluate_alerts(alerts, {{"loss", point}}, status);
  ASSERT_EQ(fired.size(), 1u);
  EXPECT_EQ(fired[0].message, "diverging: loss > 10 (loss is 12.5 in epoch 4)");
}

}  // namespace
}  // namespace visionops::core
