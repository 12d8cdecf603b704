// One element of a COCO section -> one struct of the model, for elements as COCO describes them. Internal to the COCO
// reader. What is written in any other way is for CocoRepair (coco_repair.h), so that nearly all elements pay nothing
// for it.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {

inline constexpr std::size_t kMaxKeysOfElement = 256;
inline constexpr std::int32_t kMaxSide = 1 << 24;  ///< pixels; keeps every product of two sides within 64 bits

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
};

/// Parses elements with simdjson On-Demand. `text` must have 64 readable bytes behind it. False: the element is not
/// quite as COCO describes it, or no JSON at all; then `out` holds anything. Not thread-safe.
class CocoElementParser {
 public:
  bool parse_image(std::string_view text, Image& out);
  bool parse_category(std::string_view text, Category& out);
  /// Coordinates and texts go to the arenas of `a`; they are taken back when the answer is false.
  bool parse_object(std::string_view text, Annotations& a, CocoObject& out);

 private:
  using Value = simdjson::ondemand::value;

  template <class OnField>
  bool for_each_field(std::string_view text, const OnField& on_field);
  bool object_field(std::string_view key, Value& value, Annotations& a, CocoObject& out, bool& known);
  bool segmentation(Value& value, Annotations& a, Object& out);
  bool polygons(Value& value, Annotations& a, Object& out);
  bool keypoints(Value& value, Annotations& a, Object& out, bool& known);
  void keep_unknown(std::string_view key, std::string_view raw);
  std::string take_unknown();

  simdjson::ondemand::parser parser_;
  std::vector<std::string_view> keys_;  ///< of the current element
  std::string unknown_;                 ///< unknown keys of the current element, "{...": open
  std::vector<Slice> rings_;
};

}  // namespace visionops::annotations
