#include "worker/train/tasks/detection/data/detection_set.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "worker/dataset/load.h"
#include "worker/dataset/model/annotations.h"
#include "worker/train/engine/sampling/augmentation.h"

namespace visionops::train {
namespace {

using annotations::Annotations;

/// Bounds of the polygons of an object that has no box of its own.
std::optional<Box> polygon_bounds(const Annotations& a, const annotations::Object& object) {
  if (object.shape_kind != annotations::Shape::Polygons) return std::nullopt;
  constexpr double kFar = std::numeric_limits<double>::max();
  double left = kFar, top = kFar, right = -kFar, bottom = -kFar;
  for (const auto& ring : a.ring_span(object.shape)) {
    const auto numbers = a.number_span(ring);
    for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
      left = std::min(left, numbers[i]), right = std::max(right, numbers[i]);
      top = std::min(top, numbers[i + 1]), bottom = std::max(bottom, numbers[i + 1]);
    }
  }
  if (left > right) return std::nullopt;
  return Box{left, top, right - left, bottom - top};
}

std::optional<Box> usable_box(const Annotations& a, const annotations::Object& object,
                              const annotations::Image& image) {
  const auto box = object.has_box ? Box{object.box[0], object.box[1], object.box[2], object.box[3]}
                                  : polygon_bounds(a, object).value_or(Box{});
  const Box inside = cut(box, image.width, image.height);
  return inside.width >= 1 && inside.height >= 1 ? std::optional(inside) : std::nullopt;
}

/// Index of each of the dataset's categories in the list that is trained.
std::vector<std::optional<std::uint32_t>> match_categories(const Annotations& a,
                                                           const std::vector<std::string>& categories) {
  std::map<std::string, std::uint32_t> known;
  for (std::uint32_t i = 0; i < categories.size(); ++i) known.emplace(categories[i], i);
  std::vector<std::optional<std::uint32_t>> index;
  for (const auto& category : a.categories) {
    const auto it = known.find(category.name);
    index.push_back(it == known.end() ? std::nullopt : std::optional(it->second));
  }
  return index;
}

std::vector<std::string> names_of(const Annotations& a) {
  std::vector<std::string> names;
  for (const auto& category : a.categories) {
    if (std::ranges::find(names, category.name) == names.end()) names.push_back(category.name);
  }
  return names;
}

std::string plural(std::int64_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

void remark_findings(const annotations::Findings& findings, DetectionSet& set) {
  for (const auto& [kind, count] : findings.counts()) {
    std::string remark = plural(count, "finding") + " " + std::string(kind);
    for (const auto& first : findings.first()) {
      if (first.kind != kind) continue;
      remark +=
          ", first in " + first.file + (first.position.empty() ? "" : " " + first.position) + ": " + first.message;
      break;
    }
    set.remarks.push_back(std::move(remark));
  }
}

}  // namespace

ImageFile DetectionSet::image(std::size_t index) const {
  const auto& sample = samples[index];
  return {sample.path, sample.width, sample.height};
}

void DetectionSet::leave_out(std::span<const std::size_t> indexes, const std::string& why) {
  remarks.push_back(why);
  for (auto index = indexes.rbegin(); index != indexes.rend(); ++index) {
    objects -= std::ssize(samples[*index].objects);
    samples.erase(samples.begin() + static_cast<std::ptrdiff_t>(*index));
  }
}

std::int32_t DetectionSet::largest_side() const {
  std::int32_t side = 0;
  for (const auto& sample : samples) side = std::max({side, sample.width, sample.height});
  return side;
}

Result<DetectionSet> load_detection_set(std::shared_ptr<storage::StorageClient> store,
                                        const contract::DatasetLocation& location,
                                        const std::optional<std::vector<std::string>>& categories) {
  annotations::Findings findings;
  auto loaded = dataset_folder::load_dataset(*store, location.path, location.format, findings,
                                             {.choice = dataset_folder::choice_of(location)});
  if (!loaded) return loaded.error();
  const Annotations& a = loaded->annotations;

  DetectionSet set;
  set.categories = categories ? *categories : names_of(a);
  if (set.categories.empty()) return invalid_error("the dataset " + location.name + " has no categories");
  const auto index = match_categories(a, set.categories);

  const auto by_image = annotations::group_by_image(a);
  std::int64_t missing = 0, unusable = 0;
  for (std::size_t i = 0; i < a.images.size(); ++i) {
    const auto& image = a.images[i];
    if (image.path.empty() || loaded->image_bytes[i] < 0 || image.width <= 0 || image.height <= 0) {
      ++missing;
      continue;
    }
    DetectionSample sample{
        location.path.empty() ? image.path : location.path + "/" + image.path, image.width, image.height, {}};
    for (const auto o : by_image.of(i)) {
      const auto& object = a.objects[o];
      const auto category = index[object.category];
      if (!category) {
        return invalid_error("the dataset " + location.name + " has objects of the category \"" +
                             a.categories[object.category].name + "\", which the training set does not know");
      }
      const auto box = usable_box(a, object, image);
      if (!box) {
        ++unusable;
        continue;
      }
      sample.objects.push_back({*category, *box, object.crowd, object.ignore});
    }
    set.objects += std::ssize(sample.objects);
    set.samples.push_back(std::move(sample));
  }
  if (missing > 0) set.remarks.push_back(plural(missing, "image") + " without a readable file left out");
  if (unusable > 0) set.remarks.push_back(plural(unusable, "object") + " without a box inside the image left out");
  remark_findings(findings, set);
  if (set.samples.empty()) return invalid_error("the dataset " + location.name + " has no usable image");
  set.store = std::move(store);
  return set;
}

}  // namespace visionops::train
