#include "worker/pipeline/collection/collection.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

namespace visionops::pipeline {

using annotations::Annotations;
using annotations::Category;

Collection make_collection(Annotations a, std::uint32_t source, const std::vector<std::int64_t>& bytes) {
  Collection c;
  c.origins.reserve(a.images.size());
  for (std::size_t i = 0; i < a.images.size(); ++i)
    c.origins.push_back({source, a.images[i].path, bytes[i], {}, {}, {}});
  c.annotations = std::move(a);
  return c;
}

void retain_images(Collection& c, const std::vector<bool>& keep) {
  annotations::retain(c.annotations, keep, std::vector<bool>(c.annotations.objects.size(), true));
  std::size_t kept = 0;
  for (std::size_t i = 0; i < keep.size(); ++i) {
    if (!keep[i]) continue;
    if (kept != i) c.origins[kept] = std::move(c.origins[i]);
    ++kept;
  }
  c.origins.resize(kept);
}

void retain_objects(Collection& c, const std::vector<bool>& keep) {
  annotations::retain(c.annotations, std::vector<bool>(c.annotations.images.size(), true), keep);
}

void replace_categories(Collection& c, std::vector<Category> categories, const std::vector<std::uint32_t>& renumbered) {
  for (auto& object : c.annotations.objects) object.category = renumbered[object.category];
  c.annotations.categories = std::move(categories);
}

std::vector<bool> categories_named(const Annotations& a, const std::vector<std::string>& names,
                                   std::vector<std::string>& unknown) {
  std::vector<bool> marked(a.categories.size(), false);
  for (const auto& name : names) {
    bool found = false;
    for (std::size_t i = 0; i < a.categories.size(); ++i) {
      if (a.categories[i].name != name) continue;
      marked[i] = found = true;
    }
    if (!found) unknown.push_back(name);
  }
  return marked;
}

std::vector<bool> images_with(const Annotations& a, const std::vector<bool>& categories) {
  std::vector<bool> marked(a.images.size(), false);
  for (const auto& object : a.objects) {
    if (categories[object.category]) marked[object.image] = true;
  }
  return marked;
}

void remove_categories(Collection& c, const std::vector<bool>& marked) {
  std::vector<Category> kept;
  std::vector<std::uint32_t> renumbered(marked.size(), 0);
  for (std::size_t i = 0; i < marked.size(); ++i) {
    if (marked[i]) continue;
    renumbered[i] = static_cast<std::uint32_t>(kept.size());
    kept.push_back(std::move(c.annotations.categories[i]));
  }
  replace_categories(c, std::move(kept), renumbered);
}

void add_operations(Collection& c, std::size_t image, ImageOperations operations) {
  const PictureSize before{c.annotations.images[image].width, c.annotations.images[image].height};
  auto& origin = c.origins[image];
  if (!origin.source_size && resulting_size(operations, before) != before) origin.source_size = before;
  std::move(operations.begin(), operations.end(), std::back_inserter(origin.operations));
}

void take_resulting_sizes(Collection& c) {
  for (std::size_t i = 0; i < c.origins.size(); ++i) {
    if (!c.origins[i].source_size) continue;
    const auto size = resulting_size(c.origins[i].operations, *c.origins[i].source_size);
    c.annotations.images[i].width = size.width;
    c.annotations.images[i].height = size.height;
  }
}

void drop_images_without_size(Collection& c, annotations::Findings& findings) {
  const auto& a = c.annotations;
  const auto has_size = [](const annotations::Image& image) { return image.width > 0 && image.height > 0; };
  if (std::ranges::all_of(a.images, has_size)) return;
  std::vector<bool> keep;
  keep.reserve(a.images.size());
  for (const auto& image : a.images) {
    keep.push_back(has_size(image));
    if (keep.back()) continue;
    findings.add({"UnknownImageSize", image.file_name, "image id " + a.id_text(image.id),
                  "left out: neither the annotations nor the file tell its size"});
  }
  for (const auto& object : a.objects) {
    if (keep[object.image]) continue;
    findings.add({"ObjectWithoutImage", a.images[object.image].file_name, "annotation id " + a.id_text(object.id),
                  "its image was left out"});
  }
  retain_images(c, keep);
}

std::uint64_t seeded_hash(std::uint64_t seed, const Origin& origin) {
  // FNV-1a over the identity of the image, then the finaliser of SplitMix64, which spreads the low bits.
  std::uint64_t h = 14695981039346656037ULL;
  const auto mix = [&h](std::uint64_t byte) {
    h ^= byte & 0xFF;
    h *= 1099511628211ULL;
  };
  for (int shift = 0; shift < 64; shift += 8) mix(seed >> shift);
  for (int shift = 0; shift < 32; shift += 8) mix(std::uint64_t{origin.source} >> shift);
  for (const char ch : origin.path) mix(static_cast<unsigned char>(ch));
  h += 0x9E3779B97F4A7C15ULL;
  h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9ULL;
  h = (h ^ (h >> 27)) * 0x94D049BB133111EBULL;
  return h ^ (h >> 31);
}

std::vector<std::uint32_t> seeded_order(const Collection& c, std::uint64_t seed) {
  std::vector<std::uint64_t> hashes;
  hashes.reserve(c.origins.size());
  for (const auto& origin : c.origins) hashes.push_back(seeded_hash(seed, origin));
  std::vector<std::uint32_t> order(c.origins.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    if (hashes[a] != hashes[b]) return hashes[a] < hashes[b];
    const auto& x = c.origins[a];
    const auto& y = c.origins[b];
    if (x.source != y.source) return x.source < y.source;
    if (x.path != y.path) return x.path < y.path;
    return a < b;
  });
  return order;
}

}  // namespace visionops::pipeline
