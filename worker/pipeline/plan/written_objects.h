// Which objects of the plan stand in the files of the output. PURE.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "worker/dataset/model/format_writer.h"

namespace visionops::pipeline {

/// Of the annotations that it was made for: a writer leaves out what its files cannot say, which allowLoss had to name.
class WrittenObjects {
 public:
  WrittenObjects(const annotations::Annotations& a, const annotations::FormatWriter& writer,
                 const std::vector<Task>& tasks)
      : kept_(writer.keeps(a, tasks)) {}

  /// `object`: index into the objects.
  [[nodiscard]] bool has(std::uint32_t object) const { return kept_[object]; }
  [[nodiscard]] std::int64_t count() const { return std::ranges::count(kept_, true); }

 private:
  std::vector<bool> kept_;
};

}  // namespace visionops::pipeline
