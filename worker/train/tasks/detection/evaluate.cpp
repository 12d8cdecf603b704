#include "worker/train/tasks/detection/evaluate.h"

#include <algorithm>
#include <vector>

#include "worker/train/engine/data/draw_pixels.h"
#include "worker/train/engine/data/ordered_prefetch.h"
#include "worker/train/engine/sampling/augmentation.h"
#include "worker/train/tasks/detection/metrics/average_precision.h"

namespace visionops::train {
namespace {

/// Images of one batch, and how to get from network input pixels back to each.
struct PreparedImages {
  PixelBatch pixels;
  std::vector<double> scale_x, scale_y;
};

Result<PreparedImages> prepare(const EvaluationSet& data, const EvaluationSettings& settings, std::size_t first) {
  const auto side = settings.side;
  const auto bytes = static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 3;
  const auto end = std::min(data.set.samples.size(), first + static_cast<std::size_t>(settings.batch_size));
  PreparedImages prepared;
  prepared.pixels.images = static_cast<std::int64_t>(end - first);
  prepared.pixels.pixels.resize(bytes * (end - first));
  for (std::size_t i = first; i < end; ++i) {
    const auto image = data.images.get(i);
    if (!image) return image.error();
    draw_pixels(*image, Augmentation{}, side, prepared.pixels.pixels.data() + bytes * (i - first));
    prepared.scale_x.push_back(image->scale_x);
    prepared.scale_y.push_back(image->scale_y);
  }
  return prepared;
}

std::vector<Detection> in_image(const std::vector<Detection>& found, const DetectionSample& sample, double scale_x,
                                double scale_y) {
  std::vector<Detection> moved;
  for (auto detection : found) {
    const auto& b = detection.box;
    detection.box =
        cut({b.x / scale_x, b.y / scale_y, b.width / scale_x, b.height / scale_y}, sample.width, sample.height);
    moved.push_back(detection);
  }
  return moved;
}

}  // namespace

Result<std::map<std::string, double>> evaluate(DetectionLearner& learner, const EvaluationSet& data,
                                               const EvaluationSettings& settings,
                                               const std::function<void(std::int64_t, std::int64_t)>& progress) {
  const auto batch = static_cast<std::size_t>(settings.batch_size);
  const std::size_t count = data.set.samples.size();
  OrderedPrefetch<Result<PreparedImages>> batches(
      (count + batch - 1) / batch, settings.threads,
      [&](std::size_t index) { return prepare(data, settings, index * batch); });
  std::vector<ImageResult> results;
  while (auto prepared = batches.next()) {
    if (!*prepared) return prepared->error();
    const auto& images = **prepared;
    const auto found = learner.detect(images.pixels, settings.max_detections);
    if (!found) return found.error();
    for (std::size_t i = 0; i < found->size(); ++i) {
      const auto& sample = data.set.samples[results.size()];
      results.push_back({sample.objects, in_image((*found)[i], sample, images.scale_x[i], images.scale_y[i])});
    }
    progress(std::ssize(results), static_cast<std::int64_t>(count));
  }
  std::map<std::string, double> metrics;
  const auto measured = average_precision(results, static_cast<std::uint32_t>(data.set.categories.size()),
                                          static_cast<std::size_t>(settings.max_detections));
  if (measured) metrics = {{"map50", measured->map50}, {"map50_95", measured->map50_95}};
  return metrics;
}

}  // namespace visionops::train
