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
// Included by .cpp files only. Tables are immutable after construction and may be read from any thread. What has no
// need of the struct's type is in AnyField, AnyTable and ValueType: there are a hundred tables, and each line here is
// compiled for each of them. Nothing here needs the JSON tree; who looks into one includes base/json.h.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/fields/any_table.h"
#include "base/fields/fields.h"
#include "base/fields/value_types.h"

namespace visionops {

/// A predicate of a rule with its struct's type erased. It answers whether the rule holds, or what breaks it.
template <class T, class Check>
Problems faults_of(const void* owner) {
  static_assert(std::is_empty_v<Check>, "a rule knows the struct and nothing else");
  auto answer = Check{}(*static_cast<const T*>(owner));
  if constexpr (std::is_same_v<decltype(answer), bool>) {
    return answer ? Problems{} : Problems(1);
  } else {
    return answer;
  }
}

/// The answer of a rule over a struct that is about one of its members.
inline Problems unless(bool holds, const char* member) { return holds ? Problems{} : Problems{{member, ""}}; }

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
  /// The words of a text, or those of an enumeration that this field offers.
  Field& one_of(std::vector<std::string> words) { return doc.one_of = std::move(words), *this; }
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
  /// The rule for the API server, in words, and for everybody else: `check` takes the const T& that has the field, and
  /// answers as that of a Table does.
  template <class Check>
  Field& rule(std::string_view cel, std::string_view message, Check) {
    return add_rule(cel, message, &faults_of<T, Check>), *this;
  }
  /// The field may not change after creation; the message tells the way out.
  Field& immutable(std::string_view message) { return add_rule("self == oldSelf", message, nullptr), *this; }
  /// It says how a run is driven, not what it makes: a change of it is not another run.
  Field& steering() { return doc.steering = true, *this; }
  /// Another schema than the codec's own.
  Field& shape(Json (*make)()) { return set_shape(make), *this; }
};

template <class T>
class Table : public AnyTable {
 public:
  Table(std::initializer_list<Field<T>> fields) {
    for (const auto& f : fields) add(f);
  }

  /// A rule over the whole struct: for the API server, in words, and for everybody else. `check` takes a const T& and
  /// answers whether the rule holds, or the Problems that break it: each with its path relative to the struct, and
  /// with an empty message for the rule's own.
  template <class Check>
  Table rule(std::string_view cel, std::string_view message, Check) && {
    return add_rule(cel, message, &faults_of<T, Check>), std::move(*this);
  }
  /// T begins with a Base, its first and only base class: the fields of that come first.
  template <class Base>
    requires std::is_base_of_v<Base, T>
  Table extends(const Table<Base>& base) && {
    return begin_with(base), std::move(*this);
  }
  /// The struct is written by the operator, never by a user: defaults are not documented.
  Table reported() && { return drop_default_texts(), std::move(*this); }

  /// Unknown keys are problems: they are typing errors of a user. null counts as absent.
  void decode(const Json& json, T& out, const std::string& path, Problems& problems) const {
    decode_any(json, &out, path, problems);
  }
  /// What others wrote: unknown keys are ignored, and a member that does not decode falls back to
  /// its default without spoiling its neighbours. Bounds are not checked.
  void decode_tolerant(const Json& json, T& out) const { decode_tolerant_any(json, &out); }
  /// What the rules refuse, here and in the structs below; `path` leads to the value.
  void check(const T& value, const std::string& path, Problems& problems) const { check_any(&value, path, problems); }
};

/// The struct as it is made: what an absent member is compared with and put back to.
template <class T>
const T& defaults_of() {
  static const T defaults{};
  return defaults;
}

/// For a member that travels in another way than its type does.
template <class T, class M>
Field<T> field_as(const ValueType& type, const char* name, M T::*member, const char* doc) {
  const T& owner = defaults_of<T>();
  return Field<T>(type, &owner, &(owner.*member), name, doc);
}

template <class T, class M>
Field<T> field(const char* name, M T::*member, const char* doc) {
  return field_as(TypeOf<M>::get(), name, member, doc);
}

/// Decodes a whole document into a struct with a table; `path` is the prefix of every finding.
template <class T>
T decode_fields(const Json& json, const std::string& path, Problems& problems) {
  T out{};
  TypeOf<T>::get().decode(json, &out, path, problems);
  return out;
}

/// The same for a document that is still text.
template <class T>
T decode_text(const std::string& text, const std::string& path, Problems& problems) {
  T out{};
  decode_text(TypeOf<T>::get(), text, &out, path, problems);
  return out;
}

/// Of a writer that may be newer: members that this table does not know are dropped.
template <class T>
T decode_newer_text(const std::string& text, const std::string& path, Problems& problems) {
  T out{};
  T::fields().decode_newer_text(text, &out, path, problems);
  return out;
}

template <class T>
std::string encode_text(const T& value) {
  return encode_text(TypeOf<T>::get(), &value);
}

/// See Table::decode_tolerant.
template <class T>
T decode_tolerant(const Json& json) {
  T out{};
  T::fields().decode_tolerant(json, out);
  return out;
}

/// Tree only delays the look at Json, which is not complete here, to where the function is used.
template <class T, class Tree = Json>
Tree encode_fields(const T& value) {
  return TypeOf<T>::get().encode(&value);
}

}  // namespace visionops
