// digest_of(Annotations): the content in one canonical byte stream, hashed.
#include <array>
#include <bit>

#include "base/digest.h"
#include "worker/pipeline/plan/plan.h"

namespace visionops::pipeline {
namespace {

using annotations::Annotations;
using annotations::Object;
using annotations::Shape;
using annotations::Slice;

/// Collects small values before hashing them: a hash call per number would cost more than the hash.
class Stream {
 public:
  void put(std::uint64_t value) {
    static_assert(std::endian::native == std::endian::little, "the stream is little endian");
    put_bytes(std::string_view(reinterpret_cast<const char*>(&value), sizeof value));
  }
  void put(std::int64_t value) { put(static_cast<std::uint64_t>(value)); }
  void put(double value) { put(std::bit_cast<std::uint64_t>(value)); }
  void put(std::string_view text) {
    put(static_cast<std::uint64_t>(text.size()));
    put_bytes(text);
  }
  void put(std::span<const double> numbers) {
    put(static_cast<std::uint64_t>(numbers.size()));
    put_bytes({reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()});
  }
  std::string hex() {
    flush();
    return sha_.hex();
  }

 private:
  void put_bytes(std::string_view bytes) {
    if (bytes.size() > buffer_.size() - used_) flush();
    if (bytes.size() > buffer_.size()) return sha_.update(bytes);
    bytes.copy(buffer_.data() + used_, bytes.size());
    used_ += bytes.size();
  }
  void flush() {
    sha_.update(buffer_.data(), used_);
    used_ = 0;
  }
  Sha256 sha_;
  std::array<char, 64 * 1024> buffer_;
  std::size_t used_ = 0;
};

void put_shape(Stream& s, const Annotations& a, const Object& object) {
  s.put(static_cast<std::uint64_t>(object.shape_kind));
  switch (object.shape_kind) {
    case Shape::None:
      return;
    case Shape::Polygons:
      s.put(static_cast<std::uint64_t>(object.shape.size));
      for (const Slice ring : a.ring_span(object.shape)) s.put(a.number_span(ring));
      return;
    case Shape::RleCounts:
      s.put(a.number_span(object.shape));
      break;
    case Shape::RleCompressed:
      s.put(a.text_view(object.shape));
      break;
    case Shape::OrientedBox:
      return s.put(a.number_span(object.shape));
  }
  for (const auto side : object.rle_size) s.put(std::int64_t{side});
}

void put_object(Stream& s, const Annotations& a, const Object& object) {
  s.put(object.id);
  s.put(std::uint64_t{object.image});
  s.put(std::uint64_t{object.category});
  const unsigned flags = (object.has_box ? 1U : 0U) | (object.has_area ? 2U : 0U) | (object.crowd ? 4U : 0U) |
                         (object.has_crowd ? 8U : 0U) | (object.ignore ? 16U : 0U);
  s.put(std::uint64_t{flags});
  for (const double side : object.box) s.put(side);
  s.put(object.area);
  put_shape(s, a, object);
  s.put(a.number_span(object.keypoints));
  s.put(a.text_view(object.attributes));
  s.put(a.text_view(object.extra));
}

/// Plans of before had a number for each format: their digests stay.
void put_format(Stream& s, Format format) {
  constexpr std::array<std::pair<std::string_view, std::uint64_t>, 4> numbers{
      {{"COCO", 0}, {"YOLO", 1}, {"VisDrone", 3}, {"None", 7}}};
  for (const auto& [name, number] : numbers) {
    if (format.name() == name) return s.put(number);
  }
  s.put(format.name());
}

}  // namespace

std::string digest_of(const Annotations& a) {
  Stream s;
  put_format(s, a.source_format);
  s.put(a.extra);
  s.put(static_cast<std::uint64_t>(a.categories.size()));
  for (const auto& category : a.categories) {
    s.put(category.id);
    s.put(category.name);
    s.put(category.supercategory);
    s.put(std::uint64_t{category.has_supercategory ? 1U : 0U});
    s.put(category.extra);
  }
  s.put(static_cast<std::uint64_t>(a.images.size()));
  for (const auto& image : a.images) {
    s.put(image.id);
    s.put(image.file_name);
    s.put(std::int64_t{image.width});
    s.put(std::int64_t{image.height});
    s.put(std::uint64_t{(image.has_width ? 1U : 0U) | (image.has_height ? 2U : 0U)});
    s.put(image.extra);
  }
  s.put(static_cast<std::uint64_t>(a.objects.size()));
  for (const auto& object : a.objects) put_object(s, a, object);
  for (const auto& text : a.id_texts) s.put(text);
  return s.hex();
}

}  // namespace visionops::pipeline
