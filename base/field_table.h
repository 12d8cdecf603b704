// Field tables: one list per struct gives JSON codec, validation, OpenAPI v3 schema and docs.
//
//   const Table<Output>& Fields<Output>::table() {
//     static const Table<Output> table{
//         field("group", &Output::group, "Logical bundle of the new Dataset.").required().max_length(63),
//         field("seed", &Output::seed, "Seed of every random choice.").range(0, 1e9).example("7"),
//     };
//     return table;
//   }
//
// Decoding is total: it never throws, fills what it can and lists what is wrong with its path.
// Included by .cpp files only (nlohmann is slow to compile). Tables are immutable after
// construction and may be read from any thread.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/field_doc.h"
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

/// Key of a schema that lists its properties in the order of the table; docs read it, CRDs drop it.
inline constexpr const char* kPropertyOrder = "x-property-order";

template <class T>
class Field {
 public:
  FieldDoc doc;
  std::function<void(const Json&, T&, const std::string&, Problems&)> decode;
  /// nullopt when the value is absent and `always` is false.
  std::function<std::optional<Json>(const T&, bool always)> encode;
  std::function<Json()> schema;
  /// Puts the member back to the struct's default.
  std::function<void(T&)> reset;

  Field& required() {
    return set_doc([](FieldDoc& d) { d.required = true; });
  }
  Field& always() {
    return set_doc([](FieldDoc& d) { d.always = true; });
  }
  Field& unit(std::string text) {
    return set_doc([&](FieldDoc& d) { d.unit = std::move(text); });
  }
  /// Ends a description, so a sentence of its own has to bring its full stop.
  Field& example(std::string text) {
    return set_doc([&](FieldDoc& d) { d.example = std::move(text); });
  }
  Field& default_text(std::string text) {
    return set_doc([&](FieldDoc& d) { d.default_text = std::move(text); });
  }
  Field& range(double low, double high) { return min(low).max(high); }
  Field& min(double low) {
    return set_doc([&](FieldDoc& d) { d.minimum = low; });
  }
  Field& max(double high) {
    return set_doc([&](FieldDoc& d) { d.maximum = high; });
  }
  Field& max_length(std::size_t n) {
    return set_doc([&](FieldDoc& d) { d.max_length = n; });
  }
  Field& min_length(std::size_t n) {
    return set_doc([&](FieldDoc& d) { d.min_length = n; });
  }
  Field& max_items(std::size_t n) {
    return set_doc([&](FieldDoc& d) { d.max_items = n; });
  }
  Field& min_items(std::size_t n) {
    return set_doc([&](FieldDoc& d) { d.min_items = n; });
  }
  Field& max_properties(std::size_t n) {
    return set_doc([&](FieldDoc& d) { d.max_properties = n; });
  }
  /// Anchored, in the common part of RE2 and ECMAScript; `words` is what a person reads.
  Field& pattern(std::string re, std::string words = "") {
    return set_doc([&](FieldDoc& d) { d.pattern = TextPattern(std::move(re), std::move(words)); });
  }
  /// Bounds of the strings in a list or of the values in a map.
  Field& items(std::size_t max_len, std::string re = "", std::string words = "") {
    doc.item_max_length = max_len;
    if (!re.empty()) doc.item_pattern = TextPattern(std::move(re), std::move(words));
    return *this;
  }
  /// Pattern of the keys of a map (checked here; OpenAPI v3 as Kubernetes uses it cannot say it).
  Field& keys(std::string re, std::string words) {
    return set_doc([&](FieldDoc& d) { d.key_pattern = TextPattern(std::move(re), std::move(words)); });
  }
  /// A list without equal elements.
  Field& set() {
    return set_doc([](FieldDoc& d) { d.set = true; });
  }
  /// A list of mappings told apart by the required member `key`.
  Field& map_by(std::string key) {
    return set_doc([&](FieldDoc& d) { d.list_key = std::move(key); });
  }
  Field& rule(std::string cel, std::string message) {
    return set_doc([&](FieldDoc& d) { d.rules.push_back({std::move(cel), std::move(message)}); });
  }
  /// The field may not change after creation; the message tells the way out.
  Field& immutable(std::string message) { return rule("self == oldSelf", std::move(message)); }
  /// Another schema than the codec's own.
  Field& shape(std::function<Json()> make) {
    schema = std::move(make);
    return *this;
  }

  template <class Derived>
  Field<Derived> of() const {
    Field<Derived> out;
    out.doc = doc;
    out.decode = [f = decode](const Json& json, Derived& d, const std::string& path, Problems& problems) {
      f(json, d, path, problems);
    };
    out.encode = [f = encode](const Derived& d, bool always) { return f(d, always); };
    out.schema = schema;
    out.reset = [f = reset](Derived& d) { f(d); };
    return out;
  }

 private:
  template <class Change>
  Field& set_doc(const Change& change) {
    change(doc);
    return *this;
  }
};

template <class T>
class Table {
 public:
  Table(std::initializer_list<Field<T>> fields) : fields_(fields) {}

  /// A rule over the whole struct.
  Table rule(std::string cel, std::string message) && {
    rules_.push_back({std::move(cel), std::move(message)});
    return std::move(*this);
  }
  /// The struct is written by the operator, never by a user: defaults are not documented.
  Table reported() && {
    for (auto& f : fields_) f.doc.default_text.clear();
    return std::move(*this);
  }
  /// T is a Base with more members: the fields of that come first.
  template <class Base>
  Table extends(const Table<Base>& base) && {
    std::vector<Field<T>> all;
    for (const auto& f : base.fields()) all.push_back(f.template of<T>());
    all.insert(all.end(), fields_.begin(), fields_.end());
    fields_ = std::move(all);
    return std::move(*this);
  }
  const std::vector<Field<T>>& fields() const { return fields_; }

  /// Unknown keys are problems: they are typing errors of a user. null counts as absent.
  void decode(const Json& json, T& out, const std::string& path, Problems& problems) const {
    if (!json.is_object()) {
      problems.push_back({path, type_message("a mapping", json)});
      return;
    }
    for (const auto& f : fields_) {
      if (problems.size() >= kMaxProblems) return;
      decode_member(f, json, out, path, problems);
    }
    for (const auto& [key, value] : json.items()) {
      if (problems.size() >= kMaxProblems) return;
      if (!knows(key)) problems.push_back({join_path(path, key), unknown_field_message(key, names())});
    }
  }

  /// What others wrote: unknown keys are ignored, and a member that does not decode falls back to
  /// its default without spoiling its neighbours.
  void decode_tolerant(const Json& json, T& out) const {
    if (!json.is_object()) return;
    for (const auto& f : fields_) {
      const auto it = json.find(f.doc.name);
      if (it == json.end() || it->is_null()) continue;
      Problems problems;
      f.decode(*it, out, f.doc.name, problems);
      if (problems.empty()) continue;  // as good as always
      problems.clear();
      f.reset(out);
      f.decode(prune_unknown(*it, cached_schema().at("properties").at(f.doc.name)), out, f.doc.name, problems);
      if (!problems.empty()) f.reset(out);
    }
  }

  Json encode(const T& value) const {
    Json out = Json::object();
    for (const auto& f : fields_) {
      if (auto json = f.encode(value, f.doc.required || f.doc.always)) out[f.doc.name] = std::move(*json);
    }
    return out;
  }

  /// OpenAPI v3 object schema, structural as Kubernetes demands, without `default:`.
  Json schema() const {
    Json out{{"type", "object"}, {"properties", Json::object()}, {kPropertyOrder, names()}};
    Json required = Json::array();
    for (const auto& f : fields_) {
      Json s = f.schema();
      describe_schema(f.doc, s);
      out["properties"][f.doc.name] = std::move(s);
      if (f.doc.required) required.push_back(f.doc.name);
    }
    if (!required.empty()) out["required"] = std::move(required);
    for (const auto& r : rules_) out["x-kubernetes-validations"].push_back({{"rule", r.rule}, {"message", r.message}});
    return out;
  }

 private:
  static void decode_member(const Field<T>& f, const Json& json, T& out, const std::string& path, Problems& problems) {
    const auto it = json.find(f.doc.name);
    const std::string here = join_path(path, f.doc.name);
    if (it == json.end() || it->is_null()) {
      if (f.doc.required) problems.push_back({here, "is required"});
      return;
    }
    const auto before = problems.size();
    f.decode(*it, out, here, problems);
    if (problems.size() == before) check_bounds(f.doc, *it, here, problems);
  }

  const Json& cached_schema() const {
    std::call_once(cache_->once, [this] { cache_->schema = schema(); });
    return cache_->schema;
  }

  bool knows(const std::string& key) const {
    for (const auto& f : fields_) {
      if (f.doc.name == key) return true;
    }
    return false;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& f : fields_) out.push_back(f.doc.name);
    return out;
  }

  /// Built on first use: tables of specs never need it, and building it needs other tables.
  struct SchemaCache {
    std::once_flag once;
    Json schema;
  };

  std::vector<Field<T>> fields_;
  std::vector<CelRule> rules_;
  std::shared_ptr<SchemaCache> cache_ = std::make_shared<SchemaCache>();
};

template <class T, class M>
Field<T> field(const char* name, M T::*member, const char* doc) {
  Field<T> f;
  f.doc.name = name;
  f.doc.doc = doc;
  f.decode = [member](const Json& json, T& out, const std::string& path, Problems& problems) {
    Codec<M>::decode(json, out.*member, path, problems);
  };
  f.encode = [member](const T& value, bool always) -> std::optional<Json> {
    if (!always && Codec<M>::absent(value.*member, T{}.*member)) return std::nullopt;
    return Codec<M>::encode(value.*member);
  };
  f.schema = [] { return Codec<M>::schema(); };
  f.reset = [member](T& out) { out.*member = T{}.*member; };
  if constexpr (requires(const T& t) { Codec<M>::default_text(t.*member); }) {
    f.doc.default_text = Codec<M>::default_text(T{}.*member);
  }
  return f;
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
  Fields<T>::table().decode_tolerant(json, out);
  return out;
}

template <class T>
Json encode_fields(const T& value) {
  return Codec<T>::encode(value);
}

}  // namespace visionops

#include "base/field_codec.h"  // IWYU pragma: export
