#include "worker/pipeline/collection/append.h"

#include <algorithm>
#include <bit>

namespace visionops::pipeline {

using annotations::Annotations;
using annotations::Object;
using annotations::Shape;
using annotations::Slice;

namespace {

Slice shifted(Slice slice, std::uint64_t by) {
  if (slice.size != 0) slice.begin += by;
  return slice;
}

bool same_numbers(const Annotations& a, Slice x, const Annotations& b, Slice y) {
  const auto p = a.number_span(x);
  const auto q = b.number_span(y);
  return std::equal(p.begin(), p.end(), q.begin(), q.end());
}

bool same_rings(const Annotations& a, Slice x, const Annotations& b, Slice y) {
  const auto p = a.ring_span(x);
  const auto q = b.ring_span(y);
  return std::equal(p.begin(), p.end(), q.begin(), q.end(), [&](Slice r, Slice s) { return same_numbers(a, r, b, s); });
}

bool same_shape(const Annotations& a, const Object& x, const Annotations& b, const Object& y) {
  if (x.shape_kind != y.shape_kind || x.rle_size != y.rle_size) return false;
  switch (x.shape_kind) {
    case Shape::None:
      return true;
    case Shape::Polygons:
      return same_rings(a, x.shape, b, y.shape);
    case Shape::RleCounts:
    case Shape::OrientedBox:
      return same_numbers(a, x.shape, b, y.shape);
    case Shape::RleCompressed:
      return a.text_view(x.shape) == b.text_view(y.shape);
  }
  return false;
}

/// The mixing step of SplitMix64.
void mix(std::uint64_t& hash, std::uint64_t value) {
  hash += value + 0x9e3779b97f4a7c15U;
  hash = (hash ^ (hash >> 30U)) * 0xbf58476d1ce4e5b9U;
  hash = (hash ^ (hash >> 27U)) * 0x94d049bb133111ebU;
  hash ^= hash >> 31U;
}

void mix_number(std::uint64_t& hash, double value) {
  mix(hash, std::bit_cast<std::uint64_t>(value + 0.0));  // 0 and -0 are equal
}

void mix_numbers(std::uint64_t& hash, std::span<const double> values) {
  for (const double value : values) mix_number(hash, value);
  mix(hash, values.size());
}

void mix_shape(std::uint64_t& hash, const Annotations& a, const Object& x) {
  if (x.shape_kind == Shape::RleCounts || x.shape_kind == Shape::OrientedBox) mix_numbers(hash, a.number_span(x.shape));
  if (x.shape_kind == Shape::RleCompressed) mix(hash, std::hash<std::string_view>{}(a.text_view(x.shape)));
  if (x.shape_kind != Shape::Polygons) return;
  for (const Slice ring : a.ring_span(x.shape)) mix_numbers(hash, a.number_span(ring));
}

}  // namespace

void append_objects(Annotations& into, const Annotations& from, const ObjectMap& map, const std::vector<bool>& keep) {
  const std::uint64_t numbers = into.numbers.size();
  const std::uint64_t rings = into.rings.size();
  const std::uint64_t text = into.text.size();
  into.numbers.insert(into.numbers.end(), from.numbers.begin(), from.numbers.end());
  for (const Slice ring : from.rings) into.rings.push_back(shifted(ring, numbers));
  into.text += from.text;
  for (std::size_t i = 0; i < from.objects.size(); ++i) {
    if (!keep[i]) continue;
    Object object = from.objects[i];
    object.image = map.images[object.image];
    object.category = map.categories[object.category];
    object.keypoints = shifted(object.keypoints, numbers);
    object.attributes = shifted(object.attributes, text);
    object.extra = shifted(object.extra, text);
    switch (object.shape_kind) {
      case Shape::None:
        break;
      case Shape::Polygons:
        object.shape = shifted(object.shape, rings);
        break;
      case Shape::RleCounts:
      case Shape::OrientedBox:
        object.shape = shifted(object.shape, numbers);
        break;
      case Shape::RleCompressed:
        object.shape = shifted(object.shape, text);
        break;
    }
    into.objects.push_back(object);
  }
}

bool same_object(const Annotations& a, const Object& x, const Annotations& b, const Object& y,
                 std::uint32_t category_of_y_in_a) {
  return x.category == category_of_y_in_a && x.has_box == y.has_box && x.box == y.box && x.crowd == y.crowd &&
         x.ignore == y.ignore && same_shape(a, x, b, y) && same_numbers(a, x.keypoints, b, y.keypoints) &&
         a.text_view(x.attributes) == b.text_view(y.attributes);
}

std::uint64_t object_hash(const Annotations& a, const Object& x, std::uint32_t category) {
  std::uint64_t hash = category;
  for (const double value : x.box) mix_number(hash, value);
  mix_shape(hash, a, x);
  mix_numbers(hash, a.number_span(x.keypoints));
  mix(hash, std::hash<std::string_view>{}(a.text_view(x.attributes)));
  return hash;
}

}  // namespace visionops::pipeline
