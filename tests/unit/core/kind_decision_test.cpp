// A kind of which only its own file knows: as operator/core/widget/reconcile.cpp would be written.
#include "operator/core/kind_decision.h"

#include <gtest/gtest.h>

namespace visionops::core {
namespace {

enum class Phase { Pending, Counted };

struct CounterSpec {};

struct CounterStatus {
  std::int64_t observed_generation = 0;
  Phase phase = Phase::Pending;
  std::vector<api::Condition> conditions;
  std::string message;
  std::size_t jobs = 0;
};

struct Counter {
  api::ObjectMeta meta;
  CounterSpec spec;
  CounterStatus status;
  Problems problems;
  static constexpr api::ResourceKind kKind{"Counter", "counters", "vct", "Counter counts its Jobs.", false};
};
static_assert(api::Resource<Counter> && !api::EndingResource<Counter>);
static_assert(api::EndingResource<api::TrainingJob> && !api::EndingResource<api::Dataset>);

DecisionOf<CounterStatus> decide(const ObservedOf<Counter>& observed) {
  DecisionOf<CounterStatus> decision;
  decision.status.observed_generation = observed.resource.meta.generation;
  decision.status.phase = Phase::Counted;
  decision.status.jobs = observed.jobs.size();
  return decision;
}

TEST(KindDecision, IsTheOneOfTheFileThatKnowsTheKind) {
  ObservedOf<Counter> observed;
  observed.resource.meta.generation = 3;
  observed.jobs.resize(2);
  const auto decision = reconcile(observed);
  EXPECT_EQ(decision.status.observed_generation, 3);
  EXPECT_EQ(decision.status.jobs, 2U);
}

}  // namespace
}  // namespace visionops::core
