// The light half of the field tables: what a header needs to declare that a struct has one.
// A table is the single source of a struct's JSON codec, its validation, its OpenAPI schema and its
// documentation; the heavy half is base/field_table.h and belongs into .cpp files only.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace visionops {

template <class T>
class Table;

/// Specialise as:  template <> struct Fields<X> { static const Table<X>& table(); };
template <class T>
struct Fields;

/// Declares `Fields<T>` for a struct of another namespace; used inside namespace visionops.
#define VISIONOPS_DECLARE_FIELDS(T) \
  template <>                       \
  struct Fields<T> {                \
    static const Table<T>& table(); \
  }

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

/// Specialise with `static constexpr std::array<std::pair<E, std::string_view>, N> values`.
/// The names are the CamelCase spelling of YAML; every enumerator is listed once.
template <class E>
struct EnumNames;

template <class E>
constexpr std::string_view enum_name(E value) {
  for (const auto& [candidate, name] : EnumNames<E>::values) {
    if (candidate == value) return name;
  }
  return "Unknown";
}

template <class E>
std::optional<E> parse_enum(std::string_view text) {
  for (const auto& [candidate, name] : EnumNames<E>::values) {
    if (name == text) return candidate;
  }
  return std::nullopt;
}

}  // namespace visionops
