#include "worker/train/engine/loop/train_epoch.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "worker/train/engine/data/ordered_prefetch.h"
#include "worker/train/engine/sampling/epoch_order.h"

namespace visionops::train {
namespace {

/// Reading the loss waits for a GPU; that often is soon enough to notice a divergence.
constexpr std::int64_t kStepsPerLook = 8;

}  // namespace

double learning_rate_at(const TrainingSetup& setup, const TrainProgress& at, std::int64_t step_in_epoch) {
  return at.learning_rate_factor * setup.learning_rate.at(at.epoch * setup.steps_per_epoch + step_in_epoch);
}

Metrics mean_losses(const LossSums& sums, std::int64_t steps) {
  Metrics means;
  if (steps == 0) return means;
  for (const auto& [name, sum] : sums) {
    means[name == kTotalLoss ? "loss" : "loss_" + name] = sum / static_cast<double>(steps);
  }
  return means;
}

Result<EpochEnd> train_epoch(const TrainingSetup& setup, TrainProgress& at, const std::atomic<bool>& stop,
                             const std::function<void()>& after_step) {
  const auto epoch = at.epoch + 1;
  auto& learner = *setup.learner;
  const auto order = epoch_order(setup.network.seed, epoch, static_cast<std::uint32_t>(learner.lesson().samples));
  const auto batch_size = static_cast<std::size_t>(setup.run.batch_size);
  const auto first = static_cast<std::size_t>(at.step_in_epoch);
  const auto left = static_cast<std::size_t>(setup.steps_per_epoch) - first;
  OrderedPrefetch<Result<std::unique_ptr<Batch>>> batches(left, setup.loaders, [&](std::size_t index) {
    const auto begin = (first + index) * batch_size;
    const auto size = std::min(batch_size, order.size() - begin);
    return learner.prepare(epoch, std::span(order).subspan(begin, size));
  });

  if (const auto set = learner.network().set_losses(at.losses); !set) return set.error();
  const auto diverged = [&]() -> Result<bool> {
    const auto losses = learner.network().losses();
    if (!losses) return losses.error();
    at.losses = *losses;
    return !std::isfinite(losses->at(kTotalLoss));
  };
  while (at.step_in_epoch < setup.steps_per_epoch) {
    const bool stopped = stop.load();
    if (stopped || at.step_in_epoch % kStepsPerLook == 0) {
      const auto bad = diverged();
      if (!bad) return bad.error();
      if (*bad) return EpochEnd::Diverged;
      if (stopped) return EpochEnd::Stopped;
    }
    const auto batch = batches.next();
    if (!*batch) return batch->error();
    const auto stepped = learner.step(***batch, learning_rate_at(setup, at, at.step_in_epoch));
    if (!stepped) return stepped.error();
    ++at.step_in_epoch;
    after_step();
  }
  const auto bad = diverged();
  if (!bad) return bad.error();
  return *bad ? EpochEnd::Diverged : EpochEnd::Complete;
}

}  // namespace visionops::train
