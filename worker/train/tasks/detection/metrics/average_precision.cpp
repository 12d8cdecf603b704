#include "worker/train/tasks/detection/metrics/average_precision.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace visionops::train {
namespace {

enum class Verdict : std::uint8_t { Right, Wrong, Uncounted };

/// One detection with its verdict at each threshold.
struct Judged {
  double score = 0;
  std::array<Verdict, kIouThresholds> verdicts{};
};

struct CategoryRecord {
  std::vector<Judged> detections;  // in the order of the images
  std::size_t positives = 0;
};

/// numpy.linspace(0.5, 0.95, 10) as COCOeval writes it, bit for bit.
std::array<double, kIouThresholds> iou_thresholds() {
  std::array<double, kIouThresholds> values{};
  constexpr double step = (0.95 - 0.5) / (kIouThresholds - 1);
  for (std::size_t i = 0; i < kIouThresholds; ++i) values[i] = 0.5 + static_cast<double>(i) * step;
  values.back() = 0.95;
  return values;
}

bool uncounted(const GroundTruth& truth) { return truth.crowd || truth.ignore; }

std::vector<const GroundTruth*> truths_of(const ImageResult& image, std::uint32_t category) {
  std::vector<const GroundTruth*> truths;
  for (const auto& truth : image.truths) {
    if (truth.category == category) truths.push_back(&truth);
  }
  std::ranges::stable_sort(truths, {}, [](const GroundTruth* t) { return uncounted(*t); });
  return truths;
}

std::vector<const Detection*> best_detections(const ImageResult& image, std::uint32_t category, std::size_t limit) {
  std::vector<const Detection*> found;
  for (const auto& detection : image.detections) {
    if (detection.category == category) found.push_back(&detection);
  }
  std::ranges::stable_sort(found, std::ranges::greater{}, &Detection::score);
  if (found.size() > limit) found.resize(limit);
  return found;
}

/// Finds the truth that a detection takes: of the free ones that overlap enough the best, the later
/// one when equal; a truth that does not count only when no counting one was found.
std::size_t match(const double* overlaps, const std::vector<const GroundTruth*>& truths, const std::vector<bool>& taken,
                  double threshold) {
  double best = std::min(threshold, 1 - 1e-10);
  std::size_t found = truths.size();
  for (std::size_t i = 0; i < truths.size(); ++i) {
    if (taken[i] && !truths[i]->crowd) continue;
    if (found < truths.size() && !uncounted(*truths[found]) && uncounted(*truths[i])) break;
    if (overlaps[i] < best) continue;
    best = overlaps[i];
    found = i;
  }
  return found;
}

void judge_image(const ImageResult& image, std::uint32_t category, std::size_t max_detections, CategoryRecord& record) {
  const auto truths = truths_of(image, category);
  const auto detections = best_detections(image, category, max_detections);
  const auto counted = std::ranges::count_if(truths, [](const GroundTruth* t) { return !uncounted(*t); });
  record.positives += static_cast<std::size_t>(counted);

  std::vector<double> overlaps;
  overlaps.reserve(truths.size() * detections.size());
  for (const auto* detection : detections) {
    for (const auto* truth : truths) overlaps.push_back(overlap(detection->box, truth->box, truth->crowd));
  }
  const std::size_t first = record.detections.size();
  for (const auto* detection : detections) record.detections.push_back({detection->score, {}});

  static const auto thresholds = iou_thresholds();
  for (std::size_t t = 0; t < kIouThresholds; ++t) {
    std::vector<bool> taken(truths.size());
    for (std::size_t d = 0; d < detections.size(); ++d) {
      const auto found = match(overlaps.data() + d * truths.size(), truths, taken, thresholds[t]);
      auto& verdict = record.detections[first + d].verdicts[t];
      if (found == truths.size()) {
        verdict = Verdict::Wrong;
        continue;
      }
      taken[found] = true;
      verdict = uncounted(*truths[found]) ? Verdict::Uncounted : Verdict::Right;
    }
  }
}

/// Precision at 101 recall points, averaged; `order` lists the detections by descending score.
double interpolated_precision(const CategoryRecord& record, const std::vector<std::size_t>& order, std::size_t t) {
  std::vector<double> recall, precision;
  double right = 0, wrong = 0;
  for (const auto index : order) {
    const auto verdict = record.detections[index].verdicts[t];
    right += verdict == Verdict::Right ? 1 : 0;
    wrong += verdict == Verdict::Wrong ? 1 : 0;
    recall.push_back(right / static_cast<double>(record.positives));
    precision.push_back(right / (wrong + right + std::numeric_limits<double>::epsilon()));
  }
  for (std::size_t i = precision.size(); i > 1; --i) precision[i - 2] = std::max(precision[i - 2], precision[i - 1]);

  double sum = 0;
  for (std::size_t point = 0; point < kRecallPoints; ++point) {
    const double wanted = point + 1 == kRecallPoints ? 1.0 : static_cast<double>(point) * 0.01;
    const auto at = std::ranges::lower_bound(recall, wanted) - recall.begin();
    if (at < std::ssize(precision)) sum += precision[static_cast<std::size_t>(at)];
  }
  return sum / static_cast<double>(kRecallPoints);
}

std::array<double, kIouThresholds> precision_by_threshold(const CategoryRecord& record) {
  std::vector<std::size_t> order(record.detections.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t i) { return record.detections[i].score; });
  std::array<double, kIouThresholds> values{};
  for (std::size_t t = 0; t < kIouThresholds; ++t) values[t] = interpolated_precision(record, order, t);
  return values;
}

}  // namespace

double overlap(const Box& detection, const Box& truth, bool crowd) {
  const double width = std::min(detection.x + detection.width, truth.x + truth.width) - std::max(detection.x, truth.x);
  const double height =
      std::min(detection.y + detection.height, truth.y + truth.height) - std::max(detection.y, truth.y);
  if (width <= 0 || height <= 0) return 0;
  const double shared = width * height;
  const double whole = crowd ? detection.area() : detection.area() + truth.area() - shared;
  return whole > 0 ? shared / whole : 0;
}

std::optional<AveragePrecision> average_precision(std::span<const ImageResult> images, std::uint32_t categories,
                                                  std::size_t max_detections) {
  AveragePrecision result;
  result.by_category.resize(categories);
  std::size_t measured = 0;
  for (std::uint32_t category = 0; category < categories; ++category) {
    CategoryRecord record;
    for (const auto& image : images) judge_image(image, category, max_detections, record);
    if (record.positives == 0) continue;
    const auto values = precision_by_threshold(record);
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(kIouThresholds);
    result.by_category[category] = mean;
    result.map50 += values[0];
    result.map50_95 += mean;
    ++measured;
  }
  if (measured == 0) return std::nullopt;
  result.map50 /= static_cast<double>(measured);
  result.map50_95 /= static_cast<double>(measured);
  return result;
}

}  // namespace visionops::train
