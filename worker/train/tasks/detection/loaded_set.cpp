#include "worker/train/tasks/detection/loaded_set.h"

#include <algorithm>
#include <string>
#include <vector>

namespace visionops::train {
namespace {

constexpr std::int32_t kSideMultiple = 32;
constexpr std::int32_t kMaxSide = 4096;
/// Of an image size that is taken from the data; a camera's 6000 pixels would need 100 GB of memory.
constexpr std::int32_t kMaxChosenSide = 1024;

std::int32_t round_up(std::int32_t side) { return (side + kSideMultiple - 1) / kSideMultiple * kSideMultiple; }

Result<DetectionSet> open_set(const contract::DatasetLocation& location, const char* field,
                              const std::optional<std::vector<std::string>>& categories) {
  auto store = storage::open_store(location.store);
  if (!store) return store.error().in(field);
  auto set = load_detection_set(*std::move(store), location, categories);
  return set ? std::move(set) : Result<DetectionSet>(set.error().in(field));
}

}  // namespace

Status load_pixels(LoadedSet& loaded, const char* field, unsigned threads) {
  const auto filled = loaded.images.fill(threads);
  return filled ? Status() : Status(filled.error().in(field));
}

Result<DetectionSets> open_sets(const TaskRun& task) {
  const auto& run = task.run;
  if (run.image_size > kMaxSide) {
    return invalid_error("imageSize: must be at most " + std::to_string(kMaxSide) + ", got " +
                         std::to_string(run.image_size));
  }
  auto train = open_set(run.train, "datasets.train", std::nullopt);
  if (!train) return train.error();
  const auto categories = train->categories;
  DetectionSets sets;
  sets.side = round_up(run.image_size > 0 ? run.image_size : std::min(kMaxChosenSide, train->largest_side()));
  sets.train = std::make_unique<LoadedSet>(*std::move(train), sets.side, task.cache_bytes);
  if (const auto loaded = load_pixels(*sets.train, "datasets.train", task.cores); !loaded) return loaded.error();
  if (run.test) {  // now, so that what is wrong with it does not come out after days of training
    auto test = open_set(*run.test, "datasets.test", categories);
    if (!test) return test.error();
    sets.test = *std::move(test);
  }
  if (!run.val) return sets;

  auto val = open_set(*run.val, "datasets.val", categories);
  if (!val) return val.error();
  sets.val = std::make_unique<LoadedSet>(*std::move(val), sets.side, task.cache_bytes);
  const auto loaded = load_pixels(*sets.val, "datasets.val", task.cores);
  return loaded ? Result(std::move(sets)) : loaded.error();
}

}  // namespace visionops::train
