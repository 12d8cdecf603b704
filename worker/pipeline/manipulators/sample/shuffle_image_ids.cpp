// Puts the images into a random order and hands out their ids in that order.
#include <algorithm>

#include "worker/pipeline/manipulators/define.h"

namespace visionops::pipeline {
namespace {

Result<Collection> shuffle(Collection c, const NoParams&, StepContext& context) {
  auto& a = c.annotations;
  const auto order = seeded_order(c, context.seed);
  std::vector<std::int64_t> ids;
  ids.reserve(a.images.size());
  for (const auto& image : a.images) ids.push_back(image.id);
  std::sort(ids.begin(), ids.end());

  std::vector<annotations::Image> images(a.images.size());
  std::vector<Origin> origins(c.origins.size());
  std::vector<std::uint32_t> moved_to(a.images.size());
  for (std::size_t position = 0; position < order.size(); ++position) {
    const auto from = order[position];
    images[position] = std::move(a.images[from]);
    images[position].id = ids[position];
    origins[position] = std::move(c.origins[from]);
    moved_to[from] = static_cast<std::uint32_t>(position);
  }
  for (auto& object : a.objects) object.image = moved_to[object.image];
  a.images = std::move(images);
  c.origins = std::move(origins);
  return c;
}

}  // namespace

extern const Manipulator shuffle_image_ids = define<NoParams>(
    {.name = "shuffle_image_ids",
     .doc = "Shuffles the order of the images and deals their ids anew in that order; the seed of the run decides.",
     .category = contract::ManipulatorCategory::Sample,
     .scopes = kPostMerge},
    shuffle);

}  // namespace visionops::pipeline
