// Annotations that are not written as COCO describes them.
#include <array>
#include <cmath>

#include "worker/dataset/formats/coco/coco_mask.h"
#include "worker/dataset/formats/coco/coco_repair.h"
#include "worker/dataset/formats/coco/coco_rle.h"
#include "worker/dataset/model/label_files.h"

namespace visionops::annotations {

namespace {

bool null_or_none(std::string_view raw) { return raw.empty() || raw == "null"; }

/// "1, 2, 3, 4" or "[1, 2, 3, 4]", as tables write lists.
std::optional<std::vector<double>> list_in_text(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  std::vector<double> out;
  constexpr std::string_view blanks = " ,\t";
  for (auto begin = text.find_first_not_of(blanks); begin != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(blanks, begin), text.size());
    double number = 0;
    if (out.size() == 5 || !parse_number(text.substr(begin, end - begin), number)) return std::nullopt;
    out.push_back(number);
    begin = text.find_first_not_of(blanks, end);
  }
  return out;
}

/// [[1, 2, 3, 4]]
std::optional<std::vector<double>> numbers_of_only_list(simdjson::dom::element value, bool& quoted) {
  simdjson::dom::array list;
  if (value.get_array().get(list) != simdjson::SUCCESS || list.size() != 1) return std::nullopt;
  return numbers_in(*list.begin(), quoted);
}

/// Boxes with names for their numbers.
std::optional<std::vector<double>> box_of_object(simdjson::dom::element value, bool& quoted) {
  const std::array<std::vector<const char*>, 4> sized{{{"x", "y", "width", "height"},
                                                       {"x", "y", "w", "h"},
                                                       {"left", "top", "width", "height"},
                                                       {"left", "top", "w", "h"}}};
  const std::array<std::vector<const char*>, 4> cornered{{{"xmin", "ymin", "xmax", "ymax"},
                                                          {"x_min", "y_min", "x_max", "y_max"},
                                                          {"x1", "y1", "x2", "y2"},
                                                          {"left", "top", "right", "bottom"}}};
  for (const auto& keys : sized) {
    if (auto box = numbers_of(value, keys, quoted)) return box;
  }
  for (const auto& keys : cornered) {
    const auto corners = numbers_of(value, keys, quoted);
    if (!corners) continue;
    const auto& c = *corners;
    return std::vector<double>{c[0], c[1], c[2] - c[0], c[3] - c[1]};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Fault> CocoRepair::object(std::string_view text, CocoObject& out) {
  const ArenaMark mark(a_);
  auto fault = begin(text);
  bool has_image = false;
  bool has_category = false;
  for (std::size_t i = 0; !fault && i < members_.size(); ++i) {
    const Member& m = members_[i];
    fault = object_member(m, out);
    has_image = has_image || (m.key == "image_id" && !null_or_none(m.raw));
    has_category = has_category || (m.key == "category_id" && !null_or_none(m.raw));
  }
  if (!fault && !has_image) fault = Fault{"image_id", "is required"};
  if (!fault && !has_category) fault = Fault{"category_id", "is required"};
  if (!fault) fault = settle_box(out);
  if (!fault && !kept_.empty()) out.object.extra = a_.add_text(take_kept());
  if (fault) mark.take_back(a_);
  return fault;
}

std::optional<Fault> CocoRepair::object_member(const Member& m, CocoObject& out) {
  Object& object = out.object;
  const bool null = null_or_none(m.raw);
  if (m.key == "image_id") return null ? std::nullopt : reference(m, out.image_id);
  if (m.key == "category_id") return null ? std::nullopt : reference(m, out.category_id);
  if (m.key == "id") {
    out.has_id = !null && id(m, object.id);
  } else if (m.key == "bbox") {
    if (!null) box(m, object);
  } else if (m.key == "area") {
    if (!null) area(m, object);
  } else if (null) {
    keep(m);
  } else if (m.key == "segmentation") {
    segmentation(m, object);
  } else if (m.key == "keypoints") {
    keypoints(m, object);
  } else if (m.key == "iscrowd") {
    flag(m, object.crowd, object.has_crowd);
  } else if (m.key == "ignore") {
    flag(m, object.ignore, object.has_ignore);
  } else if (m.key == "attributes" && m.raw.starts_with('{')) {
    object.attributes = a_.add_text(m.raw);
  } else {
    keep(m);
  }
  return std::nullopt;
}

std::optional<Fault> CocoRepair::reference(const Member& m, std::int64_t& out) {
  return id(m, out) ? std::nullopt : std::optional(Fault{m.key, expected("an id", m.raw)});
}

/// False: no four numbers can be made of it.
bool CocoRepair::box_numbers(const Member& m, std::vector<double>& out) {
  bool quoted = false;
  std::optional<std::vector<double>> numbers;
  const auto content = string_in(m.raw);
  const auto tree = reader_.tree(m.raw);
  if (content) {
    numbers = list_in_text(*content);
    quoted = numbers.has_value();
  } else if (tree && tree->is_object()) {
    numbers = box_of_object(*tree, quoted);
    if (numbers) once("RepairedBox", "bbox", "has names for its numbers, and is read as x, y, width, height");
  } else if (tree) {
    numbers = numbers_in(*tree, quoted);
    if (!numbers && (numbers = numbers_of_only_list(*tree, quoted))) {
      once("RepairedBox", "bbox", "is a list in a list");
    }
  }
  if (!numbers || (numbers->size() != 4 && !numbers->empty())) return false;
  if (quoted) quoted_number("bbox");
  out = *std::move(numbers);
  return true;
}

void CocoRepair::box(const Member& m, Object& out) {
  std::vector<double> numbers;
  if (!box_numbers(m, numbers)) {
    box_problem_ = expected("4 numbers", m.raw);
  } else if (numbers.empty()) {
    once("OddMember", "bbox", "is empty, which is no box");
  } else if (numbers[2] < 0 || numbers[3] < 0) {
    box_problem_ = "has a negative width or height";
  } else {
    std::copy(numbers.begin(), numbers.end(), out.box.begin());
    out.has_box = true;
  }
}

/// An object without a box has that of its mask; one whose box means nothing, and that has no mask, is lost.
std::optional<Fault> CocoRepair::settle_box(CocoObject& out) {
  Object& object = out.object;
  if (object.has_box) return std::nullopt;
  const auto around = box_of_mask(a_, object);
  if (!around) return box_problem_.empty() ? std::nullopt : std::optional(Fault{"bbox", box_problem_});
  object.box = *around;
  object.has_box = true;
  if (box_problem_.empty()) {
    once("RepairedBox", "bbox", "is missing, and is taken from the mask");
  } else {
    remarks_.push_back({"RepairedBox", "bbox", box_problem_ + "; it is taken from the mask"});
  }
  return std::nullopt;
}

void CocoRepair::area(const Member& m, Object& out) {
  bool quoted = false;
  const auto tree = reader_.tree(m.raw);
  const auto number = tree ? number_in(*tree, quoted) : std::nullopt;
  out.has_area = number.has_value();
  out.area = number.value_or(0);
  if (out.has_area && quoted) quoted_number("area");
  if (!out.has_area) remarks_.push_back({"OddMember", "area", expected("a number", m.raw) + "; it is computed anew"});
}

/// What is neither 0 nor 1 is kept as it stands; as everywhere, another number than 0 means yes.
void CocoRepair::flag(const Member& m, bool& set, bool& given) {
  bool quoted = false;
  const auto tree = reader_.tree(m.raw);
  const auto number = tree ? number_in(*tree, quoted) : std::nullopt;
  const double value = number.value_or(-1);
  const auto content = string_in(m.raw);
  const bool word = content && (*content == "true" || *content == "false");
  if (word || value == 0 || value == 1) {
    if (content) quoted_number(m.key);
    set = word ? *content == "true" : value == 1;
    given = true;
    return;
  }
  keep(m);
  set = m.raw == "true" || (number.has_value() && value != 0);
  if (m.raw != "true" && m.raw != "false") {
    remarks_.push_back({"OddMember", m.key, expected("0 or 1", m.raw) + "; it is kept as it is"});
  }
}

/// A string or a number is no mask, but nothing to lose on the way back; a string may hold one, as tables write it.
void CocoRepair::segmentation(const Member& m, Object& out) {
  const auto content = string_in(m.raw);
  const std::string_view text = content ? std::string_view(*content) : m.raw;
  if (!text.starts_with('[') && !text.starts_with('{')) return keep(m);
  const auto tree = reader_.tree(text);
  if (content && !tree) return keep(m);
  if (content) once("RepairedMask", "segmentation", "is a text, and read as the list in it");
  if (tree) return CocoMaskReader(a_, remarks_).read(*tree, out);
  remarks_.push_back({"BadPolygon", "segmentation", "holds numbers that nobody can read"});
}

void CocoRepair::keypoints(const Member& m, Object& out) {
  bool quoted = false;
  const auto tree = reader_.tree(m.raw);
  if (!m.raw.starts_with('[')) return keep(m);
  const auto numbers = tree ? numbers_in(*tree, quoted) : std::nullopt;
  if (!numbers || numbers->size() % 3 != 0) {
    const std::string found = numbers ? "has " + std::to_string(numbers->size()) + " numbers, " : "";
    remarks_.push_back({"BadKeypoints", "keypoints", found + "expected triples of x, y, visibility"});
    return;
  }
  if (quoted) quoted_number("keypoints");
  if (numbers->empty()) return keep(m);  // the model cannot tell an empty list from none
  out.keypoints = a_.add_numbers(*numbers);
}

}  // namespace visionops::annotations
