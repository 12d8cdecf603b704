// COCO files of tasks that have no objects: captions and panoptic segments. Internal to the COCO reader.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "worker/dataset/formats/coco/coco_member.h"

namespace visionops::annotations {

/// Looks at annotations that cannot be used as objects.
class OtherTask {
 public:
  void look(const std::vector<Member>& members) {
    for (const Member& m : members) {
      captions_ = captions_ || m.key == "caption";
      panoptic_ = panoptic_ || m.key == "segments_info";
    }
  }
  /// What a file without any object is; nothing when it is neither.
  [[nodiscard]] std::optional<std::string> name() const {
    if (panoptic_) return "panoptic segments, which are pictures and no objects; instances_*.json has the objects";
    if (captions_) return "captions, no objects; instances_*.json has the objects";
    return std::nullopt;
  }

 private:
  bool captions_ = false;
  bool panoptic_ = false;
};

}  // namespace visionops::annotations
