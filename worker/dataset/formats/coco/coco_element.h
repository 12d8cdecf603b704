// One element of a COCO section -> one struct of the model. Internal to the COCO reader.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {

/// Why an element, or a part of it, cannot be used.
struct Fault {
  std::string field;  ///< "bbox"; "" for the element itself
  std::string message;
};

/// What the annotation itself says; references are resolved when all sections are read.
struct CocoObject {
  Object object;
  std::int64_t image_id = 0;
  std::int64_t category_id = 0;
  bool has_id = false;
  std::vector<std::pair<FindingKind, Fault>> findings;  ///< kind and what: parts that were left out
};

/// Parses elements with simdjson On-Demand. `text` must have 64 readable bytes behind it. A fault means that the
/// element cannot be used; whether its JSON is malformed is for find_json_fault to tell. Not thread-safe.
class CocoElementParser {
 public:
  std::optional<Fault> parse_image(std::string_view text, Image& out);
  std::optional<Fault> parse_category(std::string_view text, Category& out);
  /// Coordinates and texts go to the arenas of `a`; they are taken back when there is a fault.
  std::optional<Fault> parse_object(std::string_view text, Annotations& a, CocoObject& out);

 private:
  using Value = simdjson::ondemand::value;

  template <class OnField>
  std::optional<Fault> for_each_field(std::string_view text, const OnField& on_field);
  std::optional<Fault> object_field(std::string_view key, Value& value, Annotations& a, CocoObject& out, bool& known);
  std::optional<Fault> segmentation(Value& value, Annotations& a, CocoObject& out, bool& known);
  std::optional<Fault> polygons(Value& value, Annotations& a, CocoObject& out);
  std::optional<Fault> rle(Value& value, Annotations& a, CocoObject& out);
  std::optional<Fault> keypoints(Value& value, Annotations& a, CocoObject& out, bool& known);
  void keep_unknown(std::string_view key, std::string_view raw);
  std::string take_unknown();

  simdjson::ondemand::parser parser_;
  std::vector<std::string_view> keys_;  ///< of the current element
  std::string unknown_;                 ///< unknown keys of the current element, "{...": open
  std::vector<Slice> rings_;
};

}  // namespace visionops::annotations
