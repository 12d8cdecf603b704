// -o jsonpath=TEMPLATE of kubectl:
//   {.status.phase}   {.items[*].metadata.name}   {range .items[*]}{.metadata.name}{"\t"}{.status.phase}{"\n"}{end}
//   {.status.conditions[?(@.type=="Ready")].status}   {..digest}   {.metadata.annotations.visionops\.dev/rerun}
// PURE.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"

namespace visionops::commands {

class JsonPath {
 public:
  /// Invalid, with the place that is not understood. A text without braces is taken as what stands in them.
  static Result<JsonPath> parse(const std::string& text);
  /// Texts as they are, everything else as JSON; several values with a blank between. What is absent is empty.
  [[nodiscard]] std::string print(const Json& document) const;

 private:
  struct Step {
    enum class Kind { Member, Below, Element, Slice, All, Filter } kind = Kind::All;
    std::string name;  ///< of a member; the compared text of a filter as JSON
    int first = 0, last = 0;
    std::vector<Step> path;  ///< of a filter
    std::string comparison;  ///< "==", "!=", "<", ...; empty: exists
  };
  struct Piece {
    std::string text;
    std::vector<Step> path;
    std::vector<Piece> repeated;  ///< of a range
    enum class Kind { Text, Value, Range } kind = Kind::Text;
  };
  class Reader;

  static void select(const Json& from, const std::vector<Step>& path, std::size_t at, std::vector<const Json*>& out);
  static bool holds(const Json& element, const Step& filter);
  static void print(const std::vector<Piece>& pieces, const Json& document, std::string& out);

  std::vector<Piece> pieces_;
};

}  // namespace visionops::commands
