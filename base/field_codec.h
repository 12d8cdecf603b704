// How the types of a field travel as JSON. Included by base/field_table.h, never alone.
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/field_table.h"

namespace visionops {

template <class T>
concept HasFields = requires {
  { T::fields() } -> std::same_as<const Table<T>&>;
};

template <>
struct Codec<bool> {
  static void decode(const Json& j, bool& out, const std::string& p, Problems& problems) {
    if (!j.is_boolean()) {
      problems.push_back({p, type_message("true or false", j)});
      return;
    }
    out = j.get<bool>();
  }
  static Json encode(bool v) { return v; }
  static bool absent(bool v, bool def) { return v == def; }
  static Json schema() { return {{"type", "boolean"}}; }
  static std::string default_text(bool v) { return v ? "true" : "false"; }
};

template <class I>
struct Codec<I, std::enable_if_t<std::is_integral_v<I> && !std::is_same_v<I, bool>>> {
  static void decode(const Json& j, I& out, const std::string& p, Problems& problems) {
    if (!j.is_number_integer()) {
      problems.push_back({p, type_message("an integer", j)});
      return;
    }
    const bool fits =
        j.is_number_unsigned() ? std::in_range<I>(j.get<std::uint64_t>()) : std::in_range<I>(j.get<std::int64_t>());
    if (!fits) {
      problems.push_back({p, j.dump() + " is out of range"});
      return;
    }
    out = j.get<I>();
  }
  static Json encode(I v) { return v; }
  static bool absent(I v, I def) { return v == def; }
  static Json schema() { return {{"type", "integer"}, {"format", sizeof(I) > 4 ? "int64" : "int32"}}; }
  static std::string default_text(I v) { return std::to_string(v); }
};

template <>
struct Codec<double> {
  static void decode(const Json& j, double& out, const std::string& p, Problems& problems) {
    if (!j.is_number()) {
      problems.push_back({p, type_message("a number", j)});
      return;
    }
    out = j.get<double>();
  }
  static Json encode(double v) { return v; }
  static bool absent(double v, double def) { return v == def; }  // exact: "unchanged", not "near"
  static Json schema() { return {{"type", "number"}, {"format", "double"}}; }
  static std::string default_text(double v) { return v == 0 ? "0" : Json(v).dump(); }
};

template <>
struct Codec<std::string> {
  static void decode(const Json& j, std::string& out, const std::string& p, Problems& problems) {
    if (!j.is_string()) {
      problems.push_back({p, type_message("a string", j)});
      return;
    }
    out = j.get<std::string>();
  }
  static Json encode(const std::string& v) { return v; }
  static bool absent(const std::string& v, const std::string&) { return v.empty(); }
  static Json schema() { return {{"type", "string"}}; }
};

/// Seconds in the API (metav1.Time). Milliseconds are dropped on the way out.
template <>
struct Codec<TimePoint> {
  static void decode(const Json& j, TimePoint& out, const std::string& p, Problems& problems) {
    const auto t = j.is_string() ? parse_time(j.get_ref<const std::string&>()) : std::nullopt;
    if (!t) {
      problems.push_back({p, type_message("an RFC 3339 time", j)});
      return;
    }
    out = *t;
  }
  static Json encode(TimePoint v) { return format_time(v); }
  static bool absent(TimePoint v, TimePoint def) { return v == def; }
  static Json schema() { return {{"type", "string"}, {"format", "date-time"}}; }
};

/// Bounded to 64 KiB of text and 16 levels: it is kept as text and read again elsewhere.
template <>
struct Codec<FreeMap> {
  static constexpr std::size_t kMaxBytes = 64 * 1024;
  static constexpr std::size_t kMaxDepth = 16;

  static void decode(const Json& j, FreeMap& out, const std::string& p, Problems& problems) {
    if (!j.is_object()) {
      problems.push_back({p, type_message("a mapping", j)});
      return;
    }
    if (!within_depth(j, kMaxDepth)) {
      problems.push_back({p, "is nested deeper than 16 levels"});
      return;
    }
    std::string text = dump_json(j);
    if (text.size() > kMaxBytes) {
      problems.push_back({p, "is larger than 64 KiB"});
      return;
    }
    out.json = std::move(text);
  }
  static Json encode(const FreeMap& v) {
    auto json = v.json.empty() ? Result<Json>(Json::object()) : parse_json(v.json);
    return json.ok() && json->is_object() ? std::move(*json) : Json::object();
  }
  static bool absent(const FreeMap& v, const FreeMap&) { return v.json.empty(); }
  static Json schema() { return {{"type", "object"}, {"x-kubernetes-preserve-unknown-fields", true}}; }
};

template <class E>
struct Codec<E, std::enable_if_t<HasNames<E>>> {
  static void decode(const Json& j, E& out, const std::string& p, Problems& problems) {
    const auto v = j.is_string() ? parse_enum<E>(j.get_ref<const std::string&>()) : std::nullopt;
    if (v) {
      out = *v;
      return;
    }
    std::string known;
    for (const auto& [value, name] : enum_names<E>) known += (known.empty() ? "" : ", ") + std::string(name);
    problems.push_back({p, j.is_string() ? quoted(j.get_ref<const std::string&>()) + " is not one of " + known
                                         : type_message(("one of " + known).c_str(), j)});
  }
  static Json encode(E v) { return std::string(enum_name(v)); }
  static bool absent(E v, E def) { return v == def; }
  static Json schema() {
    Json s{{"type", "string"}};
    for (const auto& [value, name] : enum_names<E>) s["enum"].push_back(std::string(name));
    return s;
  }
  static std::string default_text(E v) { return std::string(enum_name(v)); }
};

template <class X>
struct Codec<std::optional<X>> {
  static void decode(const Json& j, std::optional<X>& out, const std::string& p, Problems& problems) {
    out.emplace();
    Codec<X>::decode(j, *out, p, problems);
  }
  static Json encode(const std::optional<X>& v) { return v ? Codec<X>::encode(*v) : Json(nullptr); }
  static bool absent(const std::optional<X>& v, const std::optional<X>&) { return !v; }
  static Json schema() { return Codec<X>::schema(); }
};

template <class X>
struct Codec<std::vector<X>> {
  static void decode(const Json& j, std::vector<X>& out, const std::string& p, Problems& problems) {
    if (!j.is_array()) {
      problems.push_back({p, type_message("a list", j)});
      return;
    }
    out.clear();
    for (std::size_t i = 0; i < j.size() && problems.size() < kMaxProblems; ++i) {
      out.emplace_back();
      Codec<X>::decode(j[i], out.back(), p + "[" + std::to_string(i) + "]", problems);
    }
  }
  static Json encode(const std::vector<X>& v) {
    Json out = Json::array();
    for (const auto& x : v) out.push_back(Codec<X>::encode(x));
    return out;
  }
  static bool absent(const std::vector<X>& v, const std::vector<X>&) { return v.empty(); }
  static Json schema() { return {{"type", "array"}, {"items", Codec<X>::schema()}}; }
};

template <class X>
struct Codec<std::map<std::string, X>> {
  using Map = std::map<std::string, X>;
  static void decode(const Json& j, Map& out, const std::string& p, Problems& problems) {
    if (!j.is_object()) {
      problems.push_back({p, type_message("a mapping", j)});
      return;
    }
    out.clear();
    for (const auto& [key, value] : j.items()) {
      if (problems.size() >= kMaxProblems) return;
      Codec<X>::decode(value, out[key], join_path(p, key), problems);
    }
  }
  static Json encode(const Map& v) {
    Json out = Json::object();
    for (const auto& [key, value] : v) out[key] = Codec<X>::encode(value);
    return out;
  }
  static bool absent(const Map& v, const Map&) { return v.empty(); }
  static Json schema() { return {{"type", "object"}, {"additionalProperties", Codec<X>::schema()}}; }
};

template <class T>
struct Codec<T, std::enable_if_t<HasFields<T>>> {
  static void decode(const Json& j, T& out, const std::string& p, Problems& problems) {
    T::fields().decode(j, out, p, problems);
  }
  static Json encode(const T& v) { return T::fields().encode(v); }
  static bool absent(const T& v, const T& def) { return encode(v) == encode(def); }
  static Json schema() { return T::fields().schema(); }
};

}  // namespace visionops
