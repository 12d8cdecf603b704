#include "worker/train/engine/loop/train_epoch.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "worker/train/engine/data/draw_sample.h"
#include "worker/train/engine/data/ordered_prefetch.h"
#include "worker/train/engine/sampling/epoch_order.h"

namespace visionops::train {
namespace {

/// Reading the loss waits for a GPU; that often is soon enough to notice a divergence.
constexpr std::int64_t kStepsPerLook = 8;

Result<TrainingBatch> make_batch(const TrainingSetup& setup, std::int32_t epoch,
                                 std::span<const std::uint32_t> samples) {
  const auto& design = setup.learner.design;
  const auto side = design.side;
  const auto bytes = static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3;
  TrainingBatch batch;
  batch.pixels.images = std::ssize(samples);
  batch.pixels.pixels.resize(bytes * samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto image = setup.train->images.get(samples[i]);
    if (!image) return image.error();
    const auto augmentation = setup.options.augment
                                  ? draw_augmentation(setup.options.augmentation(), image->pixels.cols,
                                                      image->pixels.rows, side, setup.learner.seed, epoch, samples[i])
                                  : Augmentation{};
    draw_pixels(*image, augmentation, side, batch.pixels.pixels.data() + bytes * i);
    const auto objects = visible_objects(setup.train->set.samples[samples[i]], *image, augmentation, side);
    append_targets(design.grid(), static_cast<std::int64_t>(i), objects, batch.targets);
  }
  return batch;
}

}  // namespace

double learning_rate_at(const TrainingSetup& setup, const TrainProgress& at, std::int64_t step_in_epoch) {
  return at.learning_rate_factor * setup.learning_rate.at(at.epoch * setup.steps_per_epoch + step_in_epoch);
}

std::map<std::string, double> mean_losses(const LossValues& sums) {
  if (sums.steps == 0) return {};
  const auto steps = static_cast<double>(sums.steps);
  return {{"loss", sums.total / steps},
          {"loss_heatmap", sums.heatmap / steps},
          {"loss_size", sums.size / steps},
          {"loss_offset", sums.offset / steps}};
}

Result<EpochEnd> train_epoch(const TrainingSetup& setup, DetectionLearner& learner, TrainProgress& at,
                             const std::atomic<bool>& stop, const std::function<void()>& after_step) {
  const auto epoch = at.epoch + 1;
  const auto order =
      epoch_order(setup.learner.seed, epoch, static_cast<std::uint32_t>(setup.train->set.samples.size()));
  const auto batch_size = static_cast<std::size_t>(setup.run.batch_size);
  const auto first = static_cast<std::size_t>(at.step_in_epoch);
  const auto left = static_cast<std::size_t>(setup.steps_per_epoch) - first;
  OrderedPrefetch<Result<TrainingBatch>> batches(left, setup.loaders, [&](std::size_t index) {
    const auto begin = (first + index) * batch_size;
    const auto size = std::min(batch_size, order.size() - begin);
    return make_batch(setup, epoch, std::span(order).subspan(begin, size));
  });

  if (const auto set = learner.set_losses(at.losses); !set) return set.error();
  const auto diverged = [&]() -> Result<bool> {
    const auto losses = learner.losses();
    if (!losses) return losses.error();
    at.losses = *losses;
    return !std::isfinite(losses->total);
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
    const auto stepped = learner.step(**batch, learning_rate_at(setup, at, at.step_in_epoch));
    if (!stepped) return stepped.error();
    ++at.step_in_epoch;
    after_step();
  }
  const auto bad = diverged();
  if (!bad) return bad.error();
  return *bad ? EpochEnd::Diverged : EpochEnd::Complete;
}

}  // namespace visionops::train
