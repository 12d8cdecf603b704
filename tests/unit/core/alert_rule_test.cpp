#include "operator/core/training_job/alert_rule.h"

#include <gtest/gtest.h>

#include "operator/core/training_job/alerts.h"

namespace visionops::core {
namespace {

TEST(AlertRule, ReadsMetricComparisonValueAndEpochs) {
  const auto rule = parse_alert_rule("loss > 10 for 3 epochs");
  ASSERT_TRUE(rule.ok());
  EXPECT_EQ(rule->metric, "loss");
  EXPECT_EQ(rule->comparison, Comparison::Greater);
  EXPECT_EQ(rule->value, 10);
  EXPECT_EQ(rule->epochs, 3);
  EXPECT_TRUE(parse_alert_rule("map50<=0.5").ok());
  EXPECT_EQ(parse_alert_rule("val/loss >= 1e-3 for 1 epoch")->epochs, 1);
}

TEST(AlertRule, RefusesEverythingElseWithAnExample) {
  for (const char* bad : {"", "loss", "loss >", "loss > x", "loss => 1", "loss > nan", "loss > inf",
                          "loss > 1 for 0 epochs", "loss > 1 for 3", "loss > 1 during 3 epochs", "lo$$ > 1",
                          "loss > 1 for 3 days", "loss > 1 for -1 epochs", "loss > 1 2 3 4", "> > >"}) {
    const auto rule = parse_alert_rule(bad);
    ASSERT_FALSE(rule.ok()) << bad;
    EXPECT_NE(rule.error().message.find("loss > 10 for 3 epochs"), std::string::npos);
  }
}

TEST(AlertRule, ComparesAsWritten) {
  EXPECT_TRUE(holds(*parse_alert_rule("x < 1"), 0.5));
  EXPECT_FALSE(holds(*parse_alert_rule("x < 1"), 1));
  EXPECT_TRUE(holds(*parse_alert_rule("x <= 1"), 1));
  EXPECT_TRUE(holds(*parse_alert_rule("x >= 1"), 1));
  EXPECT_FALSE(holds(*parse_alert_rule("x > 1"), 1));
  EXPECT_TRUE(holds(*parse_alert_rule("x == 1"), 1));
  EXPECT_TRUE(holds(*parse_alert_rule("x != 1"), 2));
}

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

TEST(AlertProblems, NameTheRuleThatDoesNotParse) {
  Problems problems;
  check_alerts({{"ok", "loss > 1"}, {"bad", "loss is high"}}, problems);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].path, "spec.alerts[1].when");
}

}  // namespace
}  // namespace visionops::core
