// The text of a JSON object, member by member, for attributes and unknown keys. PURE.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "worker/dataset/text/json_text.h"

namespace visionops::annotations {

class JsonMembers {
 public:
  JsonMembers() = default;
  /// Keys that have a meaning where the object will stand: they are added as "source_KEY".
  explicit JsonMembers(std::initializer_list<std::string_view> reserved) : reserved_(reserved) {}
  /// For what an image has beside its id, name and size.
  static JsonMembers of_image() { return JsonMembers({"id", "file_name", "width", "height"}); }

  /// `value` is the text of a JSON value. False, and nothing is added, when the key is there already.
  bool add(std::string_view given, std::string_view value) {
    const bool taken = std::find(reserved_.begin(), reserved_.end(), given) != reserved_.end();
    const std::string key = (taken ? "source_" : "") + std::string(given);
    if (!keys_.insert(key).second) return false;
    text_ += text_.empty() ? '{' : ',';
    append_json_string(text_, key);
    text_ += ':';
    text_ += value;
    return true;
  }
  bool add_string(std::string_view key, std::string_view value) {
    std::string text;
    append_json_string(text, value);
    return add(key, text);
  }
  bool add_number(std::string_view key, double value) {
    std::string text;
    append_json_number(text, value);
    return add(key, text);
  }
  /// "" when there is no member.
  [[nodiscard]] std::string text() const { return text_.empty() ? text_ : text_ + '}'; }

 private:
  std::vector<std::string_view> reserved_;  ///< of literals
  std::unordered_set<std::string> keys_;
  std::string text_;
};

}  // namespace visionops::annotations
