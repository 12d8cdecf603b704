#include "operator/api/alert_rule.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/json.h"
#include "operator/api/training_job.h"
#include "tests/unit/api/documents.h"

namespace visionops::api {
namespace {

Problems problems_of_rule(const std::string& when) {
  Json json = training_job_document();
  json["spec"]["alerts"] = Json::array({{{"name", "a"}, {"when", when}}});
  return decode_training_job(json).problems;
}

TEST(AlertRule, ReadsMetricComparisonValueAndEpochs) {
  const auto rule = parse_alert_rule("loss > 10 for 3 epochs");
  ASSERT_TRUE(rule);
  EXPECT_EQ(rule->metric, "loss");
  EXPECT_EQ(rule->comparison, Comparison::Greater);
  EXPECT_EQ(rule->value, 10);
  EXPECT_EQ(rule->epochs, 3);
  EXPECT_EQ(parse_alert_rule("map50<=0.5")->value, 0.5);
  EXPECT_EQ(parse_alert_rule("map50<=0.5")->epochs, 1);
  EXPECT_EQ(parse_alert_rule("x > -1.5e-3")->value, -1.5e-3);
  EXPECT_EQ(parse_alert_rule("val/loss >= 1e-3 for 1 epoch")->epochs, 1);
}

TEST(AlertRule, RefusesEverythingElseAsTheSchemaDoes) {
  for (const char* bad :
       {"", "loss", "loss >", "loss > x", "loss => 1", "loss == 1", "loss > nan", "loss > inf", "loss > 1 for 0 epochs",
        "loss > 1 for 3", "loss > 1 during 3 epochs", "lo$$ > 1", "loss > 1 for 3 days", "loss > 1 for -1 epochs",
        "loss > 1 2 3 4", "> > >", "loss > 1 for 100000 epochs", "loss > 1e999", "loss > 12345678901234567"}) {
    EXPECT_FALSE(parse_alert_rule(bad)) << bad;
    const auto problems = problems_of_rule(bad);
    ASSERT_EQ(problems.size(), 1U) << bad;
    EXPECT_EQ(problems[0].path, "spec.alerts[0].when");
  }
}

TEST(AlertRule, ReadsWhateverTheSchemaTakes) {
  for (const char* good : {"a>1", "a  <  -0.5", "a.b/c:d@e-f >= 1e99 for 99999 epochs", "9 < 999999999999999.5e-99"}) {
    EXPECT_TRUE(problems_of_rule(good).empty()) << good;
    const auto rule = parse_alert_rule(good);
    ASSERT_TRUE(rule) << good;
    EXPECT_TRUE(std::isfinite(rule->value)) << good;
  }
}

TEST(AlertRule, ComparesAsWritten) {
  EXPECT_TRUE(holds(*parse_alert_rule("x < 1"), 0.5));
  EXPECT_FALSE(holds(*parse_alert_rule("x < 1"), 1));
  EXPECT_TRUE(holds(*parse_alert_rule("x <= 1"), 1));
  EXPECT_TRUE(holds(*parse_alert_rule("x >= 1"), 1));
  EXPECT_FALSE(holds(*parse_alert_rule("x > 1"), 1));
}

}  // namespace
}  // namespace visionops::api
