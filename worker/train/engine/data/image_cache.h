// The pixels of a set of images, decoded once and kept as bytes while they fit into a bound; what does
// not fit is decoded again at each use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <opencv2/core/mat.hpp>

#include "base/result.h"
#include "worker/pipeline/materialise/pixel_budget.h"
#include "worker/train/engine/data/image_list.h"

namespace visionops::train {

/// An image that is shrunk, when needed, to fit the network's input, in RGB.
struct StoredImage {
  cv::Mat pixels;      ///< 8 bit, 3 channels; empty: not cached
  double scale_x = 1;  ///< from the original image to this one
  double scale_y = 1;
};

class ImageCache {
 public:
  /// `set` must outlive the cache. `side`: of the network's input.
  ImageCache(ImageList& set, std::int32_t side, std::int64_t max_bytes);

  /// Decodes every image once on `threads` threads and keeps what fits. Damaged images are removed from
  /// the set, with a remark; an error only when the store fails or nothing is left.
  Status fill(unsigned threads);

  /// Thread-safe after fill().
  [[nodiscard]] Result<StoredImage> get(std::size_t sample) const;
  [[nodiscard]] std::size_t cached() const;

 private:
  [[nodiscard]] Result<StoredImage> decode(std::size_t sample) const;
  void remove(const std::vector<std::pair<std::size_t, Error>>& damaged);

  ImageList& set_;
  std::int32_t side_;
  std::int64_t max_bytes_;
  std::vector<StoredImage> images_;
  mutable pipeline::PixelBudget decoding_;  ///< of all threads together
};

}  // namespace visionops::train
