// Annotations without some of their images. PURE.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "worker/dataset/model/annotations.h"
#include "worker/pipeline/plan/plan.h"

namespace visionops::pipeline {

/// Refers to `all` and copies only when something is left out: they may be hundreds of megabytes. `all` must outlive
/// it.
class RemainingAnnotations {
 public:
  RemainingAnnotations(const annotations::Annotations& all, const std::vector<std::uint32_t>& left_out) : all_(all) {
    if (left_out.empty()) return;
    copy_ = all;
    drop_images(*copy_, left_out);
  }
  [[nodiscard]] const annotations::Annotations& get() const { return copy_ ? *copy_ : all_; }

 private:
  const annotations::Annotations& all_;
  std::optional<annotations::Annotations> copy_;
};

}  // namespace visionops::pipeline
