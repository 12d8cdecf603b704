// -l of kubectl: "team=a,stage!=test,size in (s, m),!old". PURE.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace visionops::commands {

class LabelSelector {
 public:
  /// Everything matches an empty text. Invalid, with the part that is not understood.
  static Result<LabelSelector> parse(const std::string& text);
  [[nodiscard]] bool matches(const std::map<std::string, std::string>& labels) const;

 private:
  struct Demand {
    std::string name;
    std::vector<std::string> values;  ///< empty: any
    bool wanted = true;               ///< false: must not be so
  };
  static Result<Demand> parse_demand(const std::string& text);
  std::vector<Demand> demands_;
};

}  // namespace visionops::commands
