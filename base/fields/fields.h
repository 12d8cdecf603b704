// The light half of the field tables: what a header needs to declare that a struct has one.
//
//   struct Output {
//     std::string group;
//     static const Table<Output>& fields();
//   };
//
// A table is the single source of a struct's JSON codec, its validation, its OpenAPI schema and its
// documentation; the heavy half is base/fields/field_table.h and belongs into .cpp files only.
#pragma once

#include <string>

#include "base/enum_names.h"
#include "base/fields/problems.h"

namespace visionops {

template <class T>
class Table;

/// How a type travels; base/fields/value_types.h. A type that is neither a struct with a table nor a common one
/// declares `template <> struct TypeOf<X> { static const ValueType& get(); };` beside itself.
template <class T>
struct TypeOf;
class ValueType;

/// A free JSON object of the user (parameters of a manipulator, of a foreign runtime) as canonical
/// JSON text, so that no JSON tree travels inwards. Empty text means absent.
struct FreeMap {
  std::string json;
  bool operator==(const FreeMap&) const = default;
};

}  // namespace visionops
