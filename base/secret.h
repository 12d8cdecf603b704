// A value that must never be printed: tokens, keys, connection strings. It has no conversion to a
// string, no stream operator and no formatter; reveal() is the one door and easy to search for.
#pragma once

#include <string>
#include <utility>

namespace visionops {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  [[nodiscard]] const std::string& reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

}  // namespace visionops
