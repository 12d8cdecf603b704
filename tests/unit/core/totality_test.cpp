// Statuses can be edited by anybody with the right to: no status may bring the operator down.
#include <gtest/gtest.h>

#include <random>

#include "tests/unit/core/resources.h"
#include "tests/unit/core/toy_world.h"

namespace visionops::core {
namespace {

/// Runs a little, then some fields of the status are replaced by nonsense.
template <class Status>
void scramble(Status& s, std::mt19937& random) {
  const auto maybe = [&] { return random() % 3 == 0; };
  if (maybe()) s.run = static_cast<std::int64_t>(random() % 5) - 1;
  if (maybe()) s.attempt = static_cast<std::int32_t>(random() % 5) - 1;
  if (maybe()) s.counted_failures = static_cast<std::int32_t>(random() % 9) - 2;
  if (maybe()) s.retry_at = random() % 2 ? std::optional(start_time()) : std::nullopt;
  if (maybe()) s.spec_hash = "edited";
  if (maybe()) s.resolved.reset();
  if (maybe()) s.conditions.clear();
  if (maybe()) s.phase = static_cast<decltype(s.phase)>(random() % 4);
}

TEST(Totality, AnEditedStatusIsSurvivedAndTheWorkStillEnds) {
  for (unsigned seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    ToyWorld world;
    world.datasets = {dataset("street-train-v1.0.0"), dataset("night-val-v1.0.0", "night", Split::Val)};
    world.pipelines = {pipeline()};
    world.training_jobs = {training_job()};
    world.writes_left = static_cast<int>(random() % 25);
    world.run_to_end();
    scramble(world.datasets[0].status, random);
    auto& p = world.pipelines[0].status;
    scramble(p, random);
    if (random() % 3 == 0) p.output_digest = "sha256:edited";
    if (random() % 3 == 0 && p.resolved) p.resolved->output.reset();
    if (random() % 3 == 0 && p.resolved) p.resolved->sources.clear();
    auto& t = world.training_jobs[0].status;
    scramble(t, random);
    if (random() % 3 == 0 && t.resolved) t.resolved->train.reset();
    world.writes_left = std::numeric_limits<int>::max();
    EXPECT_TRUE(world.run_to_end());
  }
}

TEST(Totality, EmptyResourcesAreRefusedAndNotFeared) {
  DatasetObserved d;
  PipelineObserved p;
  TrainingJobObserved t;
  EXPECT_TRUE(api::is_true(reconcile(d).status.conditions, api::condition::kReconciling) ||
              !reconcile(d).status.conditions.empty());
  EXPECT_FALSE(reconcile(p).status.conditions.empty());
  EXPECT_FALSE(reconcile(t).status.conditions.empty());
}

}  // namespace
}  // namespace visionops::core
