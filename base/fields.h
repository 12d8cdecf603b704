// The light half of the field tables: what a header needs to declare that a struct has one.
//
//   struct Output {
//     std::string group;
//     static const Table<Output>& fields();
//   };
//
// A table is the single source of a struct's JSON codec, its validation, its OpenAPI schema and its
// documentation; the heavy half is base/field_table.h and belongs into .cpp files only.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/enum_names.h"

namespace visionops {

template <class T>
class Table;

/// A free JSON object of the user (parameters of a manipulator, of a foreign runtime) as canonical
/// JSON text, so that no JSON tree travels inwards. Empty text means absent.
struct FreeMap {
  std::string json;
  bool operator==(const FreeMap&) const = default;
};

/// A finding of decoding or validation: where and what, both fit for a person.
struct Problem {
  std::string path;     ///< "spec.sources[0].dataset.name"
  std::string message;  ///< "is required"
  bool operator==(const Problem&) const = default;
};
using Problems = std::vector<Problem>;

/// "path: message; path: message; and 3 more" with at most `limit` findings spelled out.
std::string describe(const Problems& problems, std::size_t limit = 3);

}  // namespace visionops
