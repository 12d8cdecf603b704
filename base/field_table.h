// Field tables: one list per struct gives JSON codec, validation, OpenAPI v3 schema and docs.
//
//   const Table<Output>& Output::fields() {
//     static const Table<Output> table{
//         field("group", &Output::group, "Logical bundle of the new Dataset.").required().max_length(63),
//         field("seed", &Output::seed, "Seed of every random choice.").range(0, 1e9).example("7"),
//     };
//     return table;
//   }
//
// A struct that one .cpp file keeps for itself writes the function into the struct.
//
// Decoding is total: it never throws, fills what it can and lists what is wrong with its path.
// Included by .cpp files only (nlohmann is slow to compile). Tables are immutable after
// construction and may be read from any thread. What has no need of the struct's type is in AnyField and AnyTable:
// there are a hundred tables, and each line here is compiled for each of them.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/any_table.h"
#include "base/fields.h"
#include "base/json.h"

namespace visionops {

/// How a value type travels. A specialisation has the static members
///   void decode(const Json&, T& out, const std::string& path, Problems&);
///   Json encode(const T&);                 bool absent(const T& value, const T& def);
///   Json schema();                         std::string default_text(const T&);   // optional
/// base/field_codec.h has those of numbers, strings, enums, lists, maps, optionals and structs with
/// a table; a type with its own shape brings its own (worker/contract/manipulator_call_codec.h).
template <class T, class = void>
struct Codec;

template <class T>
class Field : public AnyField {
 public:
  using AnyField::AnyField;

  Field& required() { return doc.required = true, *this; }
  Field& always() { return doc.always = true, *this; }
  Field& unit(std::string_view text) { return doc.unit = text, *this; }
  /// Ends a description, so a sentence of its own has to bring its full stop.
  Field& example(std::string_view text) { return doc.example = text, *this; }
  Field& default_text(std::string_view text) { return doc.default_text = text, *this; }
  Field& range(double low, double high) { return min(low).max(high); }
  Field& min(double low) { return doc.minimum = low, *this; }
  Field& max(double high) { return doc.maximum = high, *this; }
  Field& max_length(std::size_t n) { return doc.max_length = n, *this; }
  Field& min_length(std::size_t n) { return doc.min_length = n, *this; }
  Field& max_items(std::size_t n) { return doc.max_items = n, *this; }
  Field& min_items(std::size_t n) { return doc.min_items = n, *this; }
  Field& max_properties(std::size_t n) { return doc.max_properties = n, *this; }
  /// Anchored, in the common part of RE2 and ECMAScript; `words` is what a person reads.
  Field& pattern(std::string_view re, std::string_view words = "") { return set_pattern(re, words), *this; }
  /// Bounds of the strings in a list or of the values in a map.
  Field& items(std::size_t max_len, std::string_view re = "", std::string_view words = "") {
    return set_items(max_len, re, words), *this;
  }
  /// Pattern of the keys of a map (checked here; OpenAPI v3 as Kubernetes uses it cannot say it).
  Field& keys(std::string_view re, std::string_view words) { return set_keys(re, words), *this; }
  /// A list without equal elements.
  Field& set() { return doc.set = true, *this; }
  /// A list of mappings told apart by the required member `key`.
  Field& map_by(std::string_view key) { return doc.list_key = key, *this; }
  Field& rule(std::string_view cel, std::string_view message) { return add_rule(cel, message), *this; }
  /// The field may not change after creation; the message tells the way out.
  Field& immutable(std::string_view message) { return rule("self == oldSelf", message); }
  /// Another schema than the codec's own.
  Field& shape(Json (*make)()) { return set_shape(make), *this; }
};

template <class T>
class Table {
 public:
  Table(std::initializer_list<Field<T>> fields) {
    for (const auto& f : fields) any_.add(f);
  }

  /// A rule over the whole struct.
  Table rule(std::string_view cel, std::string_view message) && {
    return any_.add_rule(cel, message), std::move(*this);
  }
  /// The struct is written by the operator, never by a user: defaults are not documented.
  Table reported() && { return any_.drop_default_texts(), std::move(*this); }

  /// Unknown keys are problems: they are typing errors of a user. null counts as absent.
  void decode(const Json& json, T& out, const std::string& path, Problems& problems) const {
    any_.decode(json, &out, path, problems);
  }
  /// What others wrote: unknown keys are ignored, and a member that does not decode falls back to
  /// its default without spoiling its neighbours. Bounds are not checked.
  void decode_tolerant(const Json& json, T& out) const { any_.decode_tolerant(json, &out); }
  Json encode(const T& value) const { return any_.encode(&value); }
  /// OpenAPI v3 object schema, structural as Kubernetes demands, without `default:`.
  Json schema() const { return any_.schema(); }

 private:
  AnyTable any_;
};

template <class M, class C = Codec<M>>
constexpr ValueType make_value_type() {
  ValueType type{
      .decode = [](const Json& json, void* out, const std::string& path,
                   Problems& problems) { C::decode(json, *static_cast<M*>(out), path, problems); },
      .encode = [](const void* value) -> Json { return C::encode(*static_cast<const M*>(value)); },
      .absent = [](const void* value,
                   const void* def) { return C::absent(*static_cast<const M*>(value), *static_cast<const M*>(def)); },
      .assign = [](void* to, const void* from) { *static_cast<M*>(to) = *static_cast<const M*>(from); },
      .schema = &C::schema,
      .default_text = nullptr,
  };
  if constexpr (requires(const M& m) { C::default_text(m); }) {
    type.default_text = [](const void* value) -> std::string { return C::default_text(*static_cast<const M*>(value)); };
  }
  return type;
}

template <class M, class C = Codec<M>>
inline constexpr ValueType value_type = make_value_type<M, C>();

/// The struct as it is made: what an absent member is compared with and put back to.
template <class T>
const T& defaults_of() {
  static const T defaults{};
  return defaults;
}

/// `C` for a member that travels in another way than its type does.
template <class C, class T, class M>
Field<T> field_with(const char* name, M T::*member, const char* doc) {
  const T& owner = defaults_of<T>();
  return Field<T>(value_type<M, C>, &owner, &(owner.*member), name, doc);
}

template <class T, class M>
Field<T> field(const char* name, M T::*member, const char* doc) {
  return field_with<Codec<M>>(name, member, doc);
}

/// Decodes a whole document into a struct with a table; `path` is the prefix of every finding.
template <class T>
T decode_fields(const Json& json, const std::string& path, Problems& problems) {
  T out{};
  Codec<T>::decode(json, out, path, problems);
  return out;
}

/// See Table::decode_tolerant.
template <class T>
T decode_tolerant(const Json& json) {
  T out{};
  T::fields().decode_tolerant(json, out);
  return out;
}

template <class T>
Json encode_fields(const T& value) {
  return Codec<T>::encode(value);
}

}  // namespace visionops

#include "base/field_codec.h"  // IWYU pragma: export
