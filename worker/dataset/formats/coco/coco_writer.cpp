#include <optional>

#include "worker/dataset/formats/coco/coco.h"
#include "worker/dataset/formats/coco/coco_mask.h"
#include "worker/dataset/text/json_text.h"

namespace visionops::annotations {

namespace {

/// Writes the members of one JSON object; commas are its business.
class Members {
 public:
  explicit Members(std::string& out) : out_(out) { out_ += '{'; }
  std::string& key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    append_json_string(out_, name);
    out_ += ':';
    return out_;
  }
  void integer(std::string_view name, std::int64_t value) { append_json_number(key(name), value); }
  void number(std::string_view name, double value) { append_json_number(key(name), value); }
  void string(std::string_view name, std::string_view value) { append_json_string(key(name), value); }
  /// The members of `object`, the text of a JSON object.
  void splice(std::string_view object) {
    const auto begin = object.find('{');
    const auto end = object.rfind('}');
    if (begin == std::string_view::npos || end <= begin + 1) return;
    if (!first_) out_ += ',';
    first_ = false;
    out_ += object.substr(begin + 1, end - begin - 1);
  }
  void close() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

void append_numbers(std::string& out, std::span<const double> values) {
  out += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ',';
    append_json_number(out, values[i]);
  }
  out += ']';
}

/// The number, or the text that it stands for.
void append_id(std::string& out, const Annotations& a, std::int64_t id) {
  if (is_text_id(id)) {
    out += a.id_text(id);
  } else {
    append_json_number(out, id);
  }
}

/// Ids as they are for COCO, by position from 1 for everything else.
struct Ids {
  bool as_they_are;
  [[nodiscard]] std::int64_t of(std::int64_t id, std::size_t position) const {
    return as_they_are ? id : static_cast<std::int64_t>(position) + 1;
  }
};

void append_category(std::string& out, const Annotations& a, Ids ids, std::size_t index) {
  const Category& category = a.categories[index];
  Members members(out);
  append_id(members.key("id"), a, ids.of(category.id, index));
  members.string("name", category.name);
  if (category.has_supercategory || !category.supercategory.empty()) {
    members.string("supercategory", category.supercategory);
  }
  members.splice(category.extra);
  members.close();
}

void append_image(std::string& out, const Annotations& a, Ids ids, std::size_t index) {
  const Image& image = a.images[index];
  Members members(out);
  append_id(members.key("id"), a, ids.of(image.id, index));
  members.string("file_name", image.file_name);
  if (image.has_width || image.width > 0) members.integer("width", image.width);
  if (image.has_height || image.height > 0) members.integer("height", image.height);
  members.splice(image.extra);
  members.close();
}

void append_polygons(std::string& out, const Annotations& a, Slice rings) {
  out += '[';
  bool first = true;
  for (const Slice ring : a.ring_span(rings)) {
    if (!first) out += ',';
    first = false;
    append_numbers(out, a.number_span(ring));
  }
  out += ']';
}

void append_shape(Members& members, const Annotations& a, const Object& object) {
  if (object.shape_kind == Shape::None) return;
  std::string& out = members.key("segmentation");
  if (object.shape_kind == Shape::Polygons) return append_polygons(out, a, object.shape);
  if (object.shape_kind == Shape::OrientedBox) {  // COCO has no word for it: a ring of its corners
    out += '[';
    append_numbers(out, a.number_span(object.shape));
    out += ']';
    return;
  }
  Members rle(out);
  append_numbers(rle.key("size"), std::array<double, 2>{static_cast<double>(object.rle_size[0]),
                                                        static_cast<double>(object.rle_size[1])});
  if (object.shape_kind == Shape::RleCounts) {
    append_numbers(rle.key("counts"), a.number_span(object.shape));
  } else {
    rle.string("counts", a.text_view(object.shape));
  }
  rle.close();
}

/// A flag that was given as true or false stands in `extra`; otherwise a set flag is written as 1.
void append_flag(Members& members, const char* name, bool given, bool set, std::string_view extra) {
  const bool in_extra = extra.find("\"" + std::string(name) + "\":") != std::string_view::npos;
  if (given || (set && !in_extra)) members.integer(name, set ? 1 : 0);
}

/// Evaluation reads num_keypoints (cocoeval.py), which other formats do not have; COCO's own comes with the unknown
/// keys.
void append_keypoints(Members& members, const Annotations& a, std::span<const double> keypoints) {
  append_numbers(members.key("keypoints"), keypoints);
  if (a.source_format == Format("COCO")) return;
  std::int64_t labelled = 0;
  for (std::size_t i = 2; i < keypoints.size(); i += 3) labelled += keypoints[i] > 0 ? 1 : 0;
  members.integer("num_keypoints", labelled);
}

void append_object(std::string& out, const Annotations& a, Ids ids, std::size_t index) {
  const Object& object = a.objects[index];
  const std::string_view extra = a.text_view(object.extra);
  Members members(out);
  append_id(members.key("id"), a, ids.of(object.id, index));
  append_id(members.key("image_id"), a, ids.of(a.images[object.image].id, object.image));
  append_id(members.key("category_id"), a, ids.of(a.categories[object.category].id, object.category));
  append_shape(members, a, object);
  // evaluation tools do not take an annotation without one
  if (const auto area = object.has_area ? std::optional(object.area) : area_of(a, object))
    members.number("area", *area);
  if (object.has_box) append_numbers(members.key("bbox"), object.box);
  append_flag(members, "iscrowd", object.has_crowd, object.crowd, extra);
  append_flag(members, "ignore", object.has_ignore, object.ignore, extra);
  if (object.keypoints.size > 0) append_keypoints(members, a, a.number_span(object.keypoints));
  if (object.attributes.size > 0) members.key("attributes") += a.text_view(object.attributes);
  members.splice(extra);
  members.close();
}

template <class Append>
void append_section(Members& document, const char* name, const Annotations& a, std::size_t size, const Append& append) {
  const Ids ids{a.source_format == Format("COCO")};
  std::string& out = document.key(name);
  out += '[';
  for (std::size_t i = 0; i < size; ++i) {
    out += i == 0 ? "\n" : ",\n";
    append(out, a, ids, i);
  }
  out += size == 0 ? "]" : "\n]";
}

}  // namespace

std::string write_coco(const Annotations& a) {
  std::string out;
  out.reserve(a.numbers.size() * 8 + a.objects.size() * 120 + a.images.size() * 80 + a.text.size());
  Members document(out);
  document.splice(a.extra);
  if (a.given.categories || !a.categories.empty()) {
    append_section(document, "categories", a, a.categories.size(), append_category);
  }
  if (a.given.images || !a.images.empty()) append_section(document, "images", a, a.images.size(), append_image);
  if (a.given.annotations || !a.objects.empty()) {
    append_section(document, "annotations", a, a.objects.size(), append_object);
  }
  document.close();
  out += '\n';
  return out;
}

}  // namespace visionops::annotations
