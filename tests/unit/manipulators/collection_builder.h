// Small collections for tests, written as a list of what is in them.
#pragma once

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "worker/dataset/formats/format.h"
#include "worker/pipeline/collection/collection.h"
#include "worker/pipeline/manipulators/manipulator.h"

namespace visionops::pipeline::test {

class CollectionBuilder {
 public:
  explicit CollectionBuilder(std::uint32_t source = 0, Format format = Format("COCO")) : source_(source) {
    c_.annotations.source_format = format;
  }
  CollectionBuilder& category(std::int64_t id, std::string name) {
    auto& category = c_.annotations.categories.emplace_back();
    category.id = id;
    category.name = std::move(name);
    return *this;
  }
  CollectionBuilder& image(std::int64_t id, const std::string& name, std::int32_t width = 100, std::int32_t height = 80,
                           std::string content = "") {
    auto& image = c_.annotations.images.emplace_back();
    image.id = id;
    image.file_name = name;
    image.path = "images/" + name;
    image.width = width;
    image.height = height;
    c_.origins.push_back({source_, image.path, 1000, std::move(content), {}, {}});
    return *this;
  }
  /// An object in the last image.
  CollectionBuilder& box(std::uint32_t category, double x, double y, double w, double h) {
    auto& object = c_.annotations.objects.emplace_back();
    object.id = static_cast<std::int64_t>(c_.annotations.objects.size());
    object.image = static_cast<std::uint32_t>(c_.annotations.images.size() - 1);
    object.category = category;
    object.box = {x, y, w, h};
    object.has_box = true;
    return *this;
  }
  /// A polygon for the last object.
  CollectionBuilder& polygon(const std::vector<double>& points) {
    auto& a = c_.annotations;
    const auto ring = a.add_numbers(points);
    a.objects.back().shape = a.add_rings(std::vector{ring});
    a.objects.back().shape_kind = annotations::Shape::Polygons;
    return *this;
  }
  CollectionBuilder& keypoints(const std::vector<double>& triples) {
    c_.annotations.objects.back().keypoints = c_.annotations.add_numbers(triples);
    return *this;
  }
  annotations::Annotations& raw() { return c_.annotations; }
  [[nodiscard]] Collection build() const { return c_; }

 private:
  std::uint32_t source_;
  Collection c_;
};

/// Runs a manipulator on one collection; the test fails when it does not succeed.
inline Collection run_on_one(const std::string& name, const std::string& params, Collection c, StepContext& context) {
  context.writer_of = formats::writer_of;
  Problems problems;
  const auto bound = find_manipulator(name)->bind({params}, name, problems);
  if (!bound) throw std::runtime_error(describe(problems));
  auto out = std::get<StepOnOne>(bound->annotations)(std::move(c), context);
  if (!out) throw std::runtime_error(out.error().message);
  return *std::move(out);
}
inline Collection run_on_one(const std::string& name, const std::string& params, Collection c) {
  StepContext context;
  return run_on_one(name, params, std::move(c), context);
}
inline Collection run_merge(const std::string& params, std::vector<Collection> all, StepContext& context) {
  Problems problems;
  const auto bound = find_manipulator("merge_datasets")->bind({params}, "merge_datasets", problems);
  auto out = std::get<StepOnAll>(bound->annotations)(std::move(all), context);
  return *std::move(out);
}
inline Collection run_merge(std::vector<Collection> all) {
  StepContext context;
  return run_merge("{}", std::move(all), context);
}

/// What a collection means, without ids, order and arenas: (source, path, class, box, polygon numbers).
using Meaning = std::multiset<std::tuple<std::uint32_t, std::string, std::string, std::vector<double>>>;
inline Meaning meaning(const Collection& c) {
  Meaning out;
  for (const auto& origin : c.origins) out.insert({origin.source, origin.path, "", {}});
  for (const auto& object : c.annotations.objects) {
    std::vector<double> numbers(object.box.begin(), object.box.end());
    if (object.shape_kind == annotations::Shape::Polygons) {
      for (const auto ring : c.annotations.ring_span(object.shape)) {
        const auto span = c.annotations.number_span(ring);
        numbers.insert(numbers.end(), span.begin(), span.end());
      }
    }
    const auto& origin = c.origins[object.image];
    out.insert({origin.source, origin.path, c.annotations.categories[object.category].name, std::move(numbers)});
  }
  return out;
}

inline std::vector<std::string> class_names(const Collection& c) {
  std::vector<std::string> names;
  for (const auto& category : c.annotations.categories) names.push_back(category.name);
  return names;
}
inline std::vector<std::string> image_names(const Collection& c) {
  std::vector<std::string> names;
  for (const auto& image : c.annotations.images) names.push_back(image.file_name);
  return names;
}

}  // namespace visionops::pipeline::test
