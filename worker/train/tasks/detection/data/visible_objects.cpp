#include "worker/train/tasks/detection/data/visible_objects.h"

namespace visionops::train {

std::vector<TargetObject> visible_objects(const DetectionSample& sample, const StoredImage& image,
                                          const Augmentation& augmentation, std::int32_t side) {
  std::vector<TargetObject> objects;
  for (const auto& object : sample.objects) {
    const Box stored{object.box.x * image.scale_x, object.box.y * image.scale_y, object.box.width * image.scale_x,
                     object.box.height * image.scale_y};
    if (const auto box = transform(augmentation, stored, side)) {
      objects.push_back({object.category, *box, object.crowd || object.ignore});
    }
  }
  return objects;
}

}  // namespace visionops::train
