// Selectors, conditions and durations as users of kubectl write them.
#include <gtest/gtest.h>

#include "operator/present/field_words.h"
#include "operator/present/label_selector.h"
#include "operator/present/wait_condition.h"

namespace visionops::commands {
namespace {

bool selects(const std::string& text) {
  const auto selector = LabelSelector::parse(text);
  return selector && selector->matches({{"team", "a"}, {"stage", "test"}});
}

TEST(LabelSelectors, SelectAsKubectlDoes) {
  for (const char* text : {"", "team=a", "team==a,stage=test", "team", "!old", "team!=b", "old!=b", "team in (a, b)",
                           "team notin (c),stage in (test)", "old notin (a)"})
    EXPECT_TRUE(selects(text)) << text;
  for (const char* text : {"team=b", "team=a,stage=x", "old", "!team", "team!=a", "team in (b,c)", "team notin (a)"})
    EXPECT_FALSE(selects(text)) << text;
}

TEST(LabelSelectors, RefuseWhatTheyDoNotUnderstand) {
  for (const char* text : {"=a", "team=a,,", "team within (a)", "te am", "a=b=c"})
    EXPECT_FALSE(LabelSelector::parse(text).ok()) << text;
}

api::Dataset ready_dataset(std::int64_t observed) {
  api::Dataset dataset;
  dataset.meta.name = "d";
  dataset.meta.namespace_ = "default";
  dataset.meta.generation = 2;
  dataset.status.phase = api::Phase::Succeeded;
  api::set_condition(dataset.status.conditions, {"Ready", api::ConditionStatus::True, observed, {}, "Inspected", ""},
                     {});
  return dataset;
}

bool holds(const std::string& text, const std::optional<cluster::Object>& object) {
  const auto condition = WaitCondition::parse(text);
  return condition && condition->holds(object ? &*object : nullptr);
}

TEST(WaitConditions, HoldForWhatTheySay) {
  const cluster::Object ready = ready_dataset(2);
  for (const char* text : {"condition=Ready", "condition=ready=true", "create", "jsonpath={.status.phase}=Succeeded",
                           "jsonpath={.status.phase}"})
    EXPECT_TRUE(holds(text, ready)) << text;
  for (const char* text : {"condition=Complete", "condition=Ready=False", "delete", "jsonpath={.status.phase}=Failed"})
    EXPECT_FALSE(holds(text, ready)) << text;
  EXPECT_TRUE(holds("delete", std::nullopt));
  EXPECT_FALSE(holds("condition=Ready", std::nullopt));
}

TEST(WaitConditions, DoNotTrustTheConditionOfAnOlderSpec) {
  EXPECT_FALSE(holds("condition=Ready", cluster::Object(ready_dataset(1))));
}

TEST(WaitConditions, AreRefusedWithWhatThereIs) {
  for (const char* text : {"", "Ready", "condition=", "jsonpath={.a}x", "jsonpath=.a"})
    EXPECT_FALSE(WaitCondition::parse(text).ok()) << text;
}

TEST(Durations, AreThoseOfKubectl) {
  EXPECT_EQ(*parse_duration("30s"), std::chrono::seconds(30));
  EXPECT_EQ(*parse_duration("1h30m"), std::chrono::minutes(90));
  EXPECT_EQ(*parse_duration("500ms"), std::chrono::milliseconds(500));
  EXPECT_EQ(*parse_duration("0"), Duration(0));
  EXPECT_EQ(*parse_duration("1.5m"), std::chrono::seconds(90));
  for (const char* text : {"", "s", "5x", "-1s", "5 s"}) EXPECT_FALSE(parse_duration(text).ok()) << text;
}

TEST(Explain, TellsFieldsAsTheCrdsDo) {
  const auto kind = explain_field("trainingjob", false);
  ASSERT_TRUE(kind.ok()) << kind.error().message;
  EXPECT_NE(kind->find("KIND:     TrainingJob"), std::string::npos) << *kind;
  const auto field = explain_field("vpl.spec.sources.dataset.group", false);
  ASSERT_TRUE(field.ok()) << field.error().message;
  EXPECT_NE(field->find("FIELD: group <string>"), std::string::npos) << *field;
  const auto tree = explain_field("dataset.spec", true);
  ASSERT_TRUE(tree.ok()) << tree.error().message;
  EXPECT_NE(tree->find("qualityGate  <Object>"), std::string::npos) << *tree;
  EXPECT_NE(tree->find("    maxMissingImages  <integer>"), std::string::npos) << *tree;
}

TEST(Explain, SuggestsTheFieldThatWasMeant) {
  EXPECT_NE(explain_field("dataset.spec.qualitygate", false).error().message.find("qualityGate"), std::string::npos);
  EXPECT_FALSE(explain_field("pod.spec", false).ok());
}

}  // namespace
}  // namespace visionops::commands
