#include "worker/train/engine/loop/training_setup.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "worker/train/engine/loop/usable_cores.h"

namespace visionops::train {
namespace {

constexpr const char* kModel = "centernet_nano";
constexpr std::int32_t kSideMultiple = 32;
constexpr std::int32_t kMaxSide = 4096;
/// Of an image size that is taken from the data; a camera's 6000 pixels would need 100 GB of memory.
constexpr std::int32_t kMaxChosenSide = 1024;

std::int32_t round_up(std::int32_t side) { return (side + kSideMultiple - 1) / kSideMultiple * kSideMultiple; }

Status check(const contract::TrainRun& run) {
  if (run.task != Task::Detection) {
    return invalid_error("task: the built-in trainer learns Detection, not " + std::string(enum_name(run.task)));
  }
  if (run.model != kModel) {
    return invalid_error("model: \"" + run.model + "\" is not a model of the built-in trainer; it has " + kModel);
  }
  if (run.image_size > kMaxSide) {
    return invalid_error("imageSize: must be at most " + std::to_string(kMaxSide) + ", got " +
                         std::to_string(run.image_size));
  }
  return {};
}

/// Which metric decides on the best epoch, and whether the field asks for one that there is.
Result<std::string> choose_best_metric(const contract::TrainRun& run) {
  if (run.early_stopping_metric.empty()) return std::string(run.val ? "map50_95" : "loss");
  static constexpr std::array<std::string_view, 6> known{"map50",        "map50_95",  "loss",
                                                         "loss_heatmap", "loss_size", "loss_offset"};
  if (std::ranges::find(known, run.early_stopping_metric) == known.end()) {
    return invalid_error("earlyStopping.metric: \"" + run.early_stopping_metric +
                         "\" is not one of map50, map50_95, loss, loss_heatmap, loss_size, loss_offset");
  }
  if (run.early_stopping_metric.starts_with("map") && !run.val) {
    return invalid_error("earlyStopping.metric: " + run.early_stopping_metric +
                         " needs a validation set (datasets.val)");
  }
  return run.early_stopping_metric;
}

Result<DetectionSet> open_set(const contract::DatasetLocation& location, const char* field,
                              const std::optional<std::vector<std::string>>& categories) {
  auto store = storage::open_store(location.store);
  if (!store) return store.error().in(field);
  auto set = load_detection_set(*std::move(store), location, categories);
  return set ? std::move(set) : Result<DetectionSet>(set.error().in(field));
}

Status load_sets(TrainingSetup& setup, unsigned cores) {
  const auto& run = setup.run;
  auto train = open_set(run.train, "datasets.train", std::nullopt);
  if (!train) return train.error();
  auto& design = setup.learner.design;
  design.categories = train->categories;
  const auto wanted = run.image_size > 0 ? run.image_size : std::min(kMaxChosenSide, train->largest_side());
  design.side = round_up(wanted);
  const std::int64_t bytes = std::int64_t{setup.options.cache_megabytes} << 20;
  setup.train = std::make_unique<LoadedSet>(*std::move(train), design.side, bytes);
  if (const auto loaded = load_pixels(*setup.train, "datasets.train", cores); !loaded) return loaded;
  if (run.test) {  // now, so that what is wrong with it does not come out after days of training
    auto test = open_set(*run.test, "datasets.test", design.categories);
    if (!test) return test.error();
    setup.test = *std::move(test);
  }
  if (!run.val) return {};

  auto val = open_set(*run.val, "datasets.val", design.categories);
  if (!val) return val.error();
  setup.val = std::make_unique<LoadedSet>(*std::move(val), design.side, bytes);
  return load_pixels(*setup.val, "datasets.val", cores);
}

}  // namespace

Status load_pixels(LoadedSet& loaded, const char* field, unsigned threads) {
  const auto filled = loaded.images.fill(threads);
  return filled ? Status() : Status(filled.error().in(field));
}

Result<TrainingSetup> prepare_training(const contract::TrainRun& run) {
  if (const auto checked = check(run); !checked) return checked.error();
  const auto options = decode_detector_options(run.extra);
  if (!options) return options.error();
  const auto metric = choose_best_metric(run);
  if (!metric) return metric.error();

  const unsigned cores = usable_cores();
  TrainingSetup setup;
  setup.run = run;
  setup.options = *options;
  setup.best_metric = *metric;
  const bool chosen = !run.early_stopping_metric.empty();
  setup.stopping = {chosen ? run.early_stopping_max : metric->starts_with("map"), run.early_stopping_patience,
                    run.early_stopping_min_delta};
  setup.loaders = std::clamp(cores / 2, 1U, 8U);
  setup.learner.design.width = options->width;
  setup.learner.weight_decay = run.weight_decay;
  setup.learner.seed = static_cast<std::uint64_t>(run.seed);
  // One core is left to the loaders and the sidecar: a thread of the arithmetic that has to wait for a core
  // holds up all others at every barrier.
  setup.learner.threads = options->threads > 0 ? options->threads : static_cast<std::int32_t>(std::max(1U, cores - 1));
  setup.learner.gpu = run.gpus > 0;
  if (const auto loaded = load_sets(setup, cores); !loaded) return loaded.error();

  const auto samples = std::ssize(setup.train->set.samples);
  setup.steps_per_epoch = (samples + run.batch_size - 1) / run.batch_size;
  const auto warmup = std::llround(run.warmup_epochs * static_cast<double>(setup.steps_per_epoch));
  setup.learning_rate = {run.learning_rate, warmup, setup.steps_per_epoch * run.epochs};
  return setup;
}

}  // namespace visionops::train
