// The members of a JSON object as text, and values that are written in more than one way. Slow and patient: for
// elements that are not as COCO describes them. Internal to the COCO reader.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "worker/dataset/formats/coco/coco_element.h"

namespace visionops::annotations {

struct Member {
  std::string key;
  std::string_view raw;  ///< one well-formed JSON value, without white space around it
};

/// Not thread-safe.
class MemberReader {
 public:
  /// The members of `text`, which must have 64 readable bytes behind it. A fault: it is no object, a key stands twice,
  /// there are too many, or a value is malformed.
  std::optional<Fault> read(std::string_view text, std::vector<Member>& out);
  /// The value as a tree, until the next call. Nothing when it cannot be one (a number beyond 64 bits).
  std::optional<simdjson::dom::element> tree(std::string_view raw);

 private:
  simdjson::ondemand::parser parser_;
  simdjson::dom::parser trees_;
};

/// A finite number, or the text of one; then `quoted` is set.
std::optional<double> number_in(simdjson::dom::element value, bool& quoted);
/// Numbers only; nothing when one of them is none.
std::optional<std::vector<double>> numbers_in(simdjson::dom::element value, bool& quoted);
/// Of {"x": 1, "y": 2} the numbers of these keys; nothing when one is missing or is no number.
std::optional<std::vector<double>> numbers_of(simdjson::dom::element value, const std::vector<const char*>& keys,
                                              bool& quoted);

enum class IdForm {
  None,    ///< no id
  Number,  ///< a 64-bit number
  Digits,  ///< one in quotes
  Text,    ///< another string, or another number
};
/// `number` is set for Number and Digits, `text` (the JSON text) for Text.
IdForm read_any_id(std::string_view raw, std::int64_t& number, std::string& text);

/// The content of a JSON string; nothing for another value.
std::optional<std::string> string_in(std::string_view raw);
/// "expected a number, got "12"", with at most 40 characters of what stands there.
std::string expected(const char* what, std::string_view raw);

}  // namespace visionops::annotations
