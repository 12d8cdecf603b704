// The run-length form of an annotation's segmentation.
#include "worker/dataset/formats/coco/coco_element.h"
#include "worker/dataset/formats/coco/coco_value.h"
#include "worker/dataset/model/rle.h"

namespace visionops::annotations {

namespace {

using simdjson::ondemand::value;

std::optional<Fault> read_size(value& v, std::array<std::int32_t, 2>& out) {
  simdjson::ondemand::array list;
  if (v.get_array().get(list) != simdjson::SUCCESS) return Fault{"segmentation.size", "expected [height, width]"};
  std::size_t count = 0;
  for (auto item : list) {
    std::int64_t side = 0;
    if (item.get_int64().get(side) != simdjson::SUCCESS || side < 0 || side > INT32_MAX || count == 2) {
      return Fault{"segmentation.size", "expected [height, width]"};
    }
    out[count++] = static_cast<std::int32_t>(side);
  }
  if (count != 2) return Fault{"segmentation.size", "expected [height, width]"};
  return std::nullopt;
}

std::optional<Fault> read_counts(value& v, Annotations& a, Object& out) {
  if (!is_array(v)) {
    std::string text;
    if (auto fault = read_string(v, "segmentation.counts", text)) return fault;
    out.shape = a.add_text(text);
    out.shape_kind = Shape::RleCompressed;
    return std::nullopt;
  }
  simdjson::ondemand::array list;
  if (v.get_array().get(list) != simdjson::SUCCESS) return Fault{"segmentation.counts", "malformed list"};
  const std::size_t begin = a.numbers.size();
  for (auto item : list) {
    double run = 0;
    if (item.get_double().get(run) != simdjson::SUCCESS) return Fault{"segmentation.counts", "expected numbers"};
    a.numbers.push_back(run);
  }
  out.shape = {begin, static_cast<std::uint32_t>(a.numbers.size() - begin)};
  out.shape_kind = Shape::RleCounts;
  return std::nullopt;
}

std::optional<std::string> problem_of(const Annotations& a, const Object& object) {
  const auto [height, width] = object.rle_size;
  if (object.shape_kind == Shape::RleCounts) {
    const auto checked = check_rle_counts(a.number_span(object.shape), height, width);
    return checked.ok() ? std::nullopt : std::optional(checked.error().message);
  }
  const auto runs = decode_rle(a.text_view(object.shape), height, width);
  return runs.ok() ? std::nullopt : std::optional(runs.error().message);
}

}  // namespace

std::optional<Fault> CocoElementParser::rle(Value& value, Annotations& a, CocoObject& out) {
  Object& object = out.object;
  simdjson::ondemand::object fields;
  if (value.get_object().get(fields) != simdjson::SUCCESS) return Fault{"segmentation", "malformed object"};
  bool has_size = false;
  for (auto item : fields) {
    simdjson::ondemand::field field;
    std::string_view key;
    if (std::move(item).get(field) != simdjson::SUCCESS || field.unescaped_key().get(key) != simdjson::SUCCESS) {
      return Fault{"segmentation", "malformed object"};
    }
    simdjson::ondemand::value member = field.value();
    std::optional<Fault> fault;
    if (key == "size") {
      fault = read_size(member, object.rle_size);
      has_size = true;
    } else if (key == "counts" && object.shape_kind == Shape::None) {
      fault = read_counts(member, a, object);
    } else {
      fault = Fault{"segmentation." + std::string(key), "does not belong into a run-length mask"};
    }
    if (fault) return fault;
  }
  const auto problem = !has_size || object.shape_kind == Shape::None
                           ? std::optional<std::string>("needs size and counts")
                           : problem_of(a, object);
  if (!problem) return std::nullopt;
  object.shape_kind = Shape::None;
  object.shape = {};
  out.findings.push_back({FindingKind("BadRle"), Fault{"segmentation", *problem}});
  return std::nullopt;
}

}  // namespace visionops::annotations
