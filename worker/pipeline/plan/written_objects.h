// Which objects of the plan stand in the files of the output. PURE.
#pragma once

#include <algorithm>
#include <cstdint>

#include "worker/contract/run_spec.h"
#include "worker/dataset/formats/yolo/yolo.h"
#include "worker/dataset/model/annotations.h"

namespace visionops::pipeline {

/// COCO has all of them; YOLO leaves out what its rows cannot say (annotations::YoloFate), which allowLoss had to name.
class WrittenObjects {
 public:
  explicit WrittenObjects(const contract::PipelineRun& run)
      : yolo_(run.output.format == Format::YOLO), rows_(annotations::yolo_rows(run.tasks)) {}

  [[nodiscard]] bool has(const annotations::Annotations& a, const annotations::Object& object) const {
    if (!yolo_) return true;
    const auto fate = annotations::yolo_fate(a, object, rows_);
    return fate == annotations::YoloFate::Written || fate == annotations::YoloFate::Clipped;
  }
  [[nodiscard]] std::int64_t count(const annotations::Annotations& a) const {
    return std::ranges::count_if(a.objects, [&](const auto& object) { return has(a, object); });
  }

 private:
  bool yolo_;
  annotations::YoloRows rows_;
};

}  // namespace visionops::pipeline
