#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {

namespace {

constexpr std::uint32_t kDropped = 0xffffffff;

/// New index of every kept element, kDropped for the others.
std::vector<std::uint32_t> renumber(const std::vector<bool>& keep) {
  std::vector<std::uint32_t> indexes(keep.size(), kDropped);
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < keep.size(); ++i) {
    if (keep[i]) indexes[i] = next++;
  }
  return indexes;
}

}  // namespace

Slice Annotations::add_numbers(std::span<const double> values) {
  const Slice slice{numbers.size(), static_cast<std::uint32_t>(values.size())};
  numbers.insert(numbers.end(), values.begin(), values.end());
  return slice;
}

Slice Annotations::add_text(std::string_view value) {
  const Slice slice{text.size(), static_cast<std::uint32_t>(value.size())};
  text.append(value);
  return slice;
}

Slice Annotations::add_rings(std::span<const Slice> values) {
  const Slice slice{rings.size(), static_cast<std::uint32_t>(values.size())};
  rings.insert(rings.end(), values.begin(), values.end());
  return slice;
}

std::string Annotations::id_text(std::int64_t id) const {
  const auto at = static_cast<std::uint64_t>(id) - static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::min());
  return is_text_id(id) && at < id_texts.size() ? id_texts[at] : std::to_string(id);
}

ObjectsByImage group_by_image(const Annotations& a) {
  ObjectsByImage out;
  out.offsets.assign(a.images.size() + 1, 0);
  for (const Object& o : a.objects) ++out.offsets[o.image + 1];
  for (std::size_t i = 1; i < out.offsets.size(); ++i) out.offsets[i] += out.offsets[i - 1];
  out.objects.resize(a.objects.size());
  std::vector<std::uint32_t> next(out.offsets.begin(), out.offsets.end() - 1);
  for (std::size_t i = 0; i < a.objects.size(); ++i) {
    out.objects[next[a.objects[i].image]++] = static_cast<std::uint32_t>(i);
  }
  return out;
}

void retain(Annotations& a, const std::vector<bool>& keep_images, const std::vector<bool>& keep_objects) {
  const std::vector<std::uint32_t> image_index = renumber(keep_images);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < a.objects.size(); ++i) {
    const std::uint32_t image = image_index[a.objects[i].image];
    if (!keep_objects[i] || image == kDropped) continue;
    if (kept != i) a.objects[kept] = a.objects[i];
    a.objects[kept++].image = image;
  }
  a.objects.resize(kept);
  kept = 0;
  for (std::size_t i = 0; i < a.images.size(); ++i) {
    if (!keep_images[i]) continue;
    if (kept != i) a.images[kept] = std::move(a.images[i]);
    ++kept;
  }
  a.images.resize(kept);
}

}  // namespace visionops::annotations
