// Whether the Datasets of a layout still have the bytes that they were Ready with: asked before the first is read, and
// when all was made of them.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "worker/layout/split_layout.h"

namespace visionops::layout {

class SplitContents {
 public:
  /// `sources` must outlive it.
  explicit SplitContents(const std::vector<SplitSource>& sources) : sources_(sources) {}
  /// Reads files only where their listing is not the one of the time before. Errors name the field.
  Status check(unsigned threads);
  /// What the last check found to differ, for people; empty: nothing.
  [[nodiscard]] const std::string& changed() const { return changed_; }
  /// Of each source, what its listing is now.
  [[nodiscard]] const std::vector<std::string>& fingerprints() const { return fingerprints_; }

 private:
  Status check_one(std::size_t i, unsigned threads);

  const std::vector<SplitSource>& sources_;
  std::vector<std::string> fingerprints_;
  std::string changed_;
};

}  // namespace visionops::layout
