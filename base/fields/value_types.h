// Which ValueType a C++ type has. Included by base/fields/field_table.h, never alone.
//
// All that is known of JSON is in base/*.cpp: what is written here is compiled for every type of every table.
#pragma once

#include <concepts>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/enum_names.h"
#include "base/fields/fields.h"
#include "base/fields/scalar_types.h"
#include "base/fields/value_type.h"

namespace visionops {

template <class T>
concept HasFields = requires {
  { T::fields() } -> std::same_as<const Table<T>&>;
};

template <>
struct TypeOf<bool> {
  static const ValueType& get() { return bool_type(); }
};
template <>
struct TypeOf<double> {
  static const ValueType& get() { return double_type(); }
};
template <>
struct TypeOf<std::string> {
  static const ValueType& get() { return string_type(); }
};
template <>
struct TypeOf<TimePoint> {
  static const ValueType& get() { return time_type(); }
};
template <>
struct TypeOf<FreeMap> {
  static const ValueType& get() { return free_map_type(); }
};

template <class I>
class IntegerOf final : public IntegerType {
 public:
  static_assert(std::is_signed_v<I> || sizeof(I) < 8, "JSON readers have no 64 bits without a sign");
  constexpr IntegerOf() : IntegerType(sizeof(I) > 4) {}
  long long load(const void* value) const override { return *static_cast<const I*>(value); }
  bool store(void* out, long long number) const override {
    if (!std::in_range<I>(number)) return false;
    *static_cast<I*>(out) = static_cast<I>(number);
    return true;
  }
};

template <class E>
class EnumOf final : public EnumType {
 public:
  constexpr EnumOf() : EnumType(enum_names<E>.size()) {}
  std::string_view name(std::size_t place) const override { return enum_names<E>[place].name; }
  std::size_t load(const void* value) const override { return static_cast<std::size_t>(*static_cast<const E*>(value)); }
  void store(void* out, std::size_t place) const override { *static_cast<E*>(out) = static_cast<E>(place); }
};

/// assign() of a type with parts.
template <class T, class Base>
class Assignable : public Base {
 public:
  void assign(void* to, const void* from) const final { *static_cast<T*>(to) = *static_cast<const T*>(from); }

 protected:
  constexpr Assignable() = default;
  ~Assignable() = default;
};

template <class X>
class OptionalOf final : public Assignable<std::optional<X>, OptionalType> {
  using Optional = std::optional<X>;
  const ValueType& item() const override { return TypeOf<X>::get(); }
  void* emplace(void* optional) const override { return &static_cast<Optional*>(optional)->emplace(); }
  const void* get(const void* optional) const override {
    const auto& o = *static_cast<const Optional*>(optional);
    return o ? &*o : nullptr;
  }
};

template <class X>
class ListOf final : public Assignable<std::vector<X>, ListType> {
  using List = std::vector<X>;
  const ValueType& item() const override { return TypeOf<X>::get(); }
  void clear(void* list) const override { static_cast<List*>(list)->clear(); }
  void* append(void* list) const override { return &static_cast<List*>(list)->emplace_back(); }
  std::size_t size(const void* list) const override { return static_cast<const List*>(list)->size(); }
  const void* at(const void* list, std::size_t place) const override {
    return &(*static_cast<const List*>(list))[place];
  }
};

template <class X>
class MapOf final : public Assignable<std::map<std::string, X>, MapType> {
  using Map = std::map<std::string, X>;
  const ValueType& item() const override { return TypeOf<X>::get(); }
  void clear(void* map) const override { static_cast<Map*>(map)->clear(); }
  void* insert(void* map, const std::string& key) const override { return &(*static_cast<Map*>(map))[key]; }
  MapType::Entry next(const void* map, const std::string* after) const override {
    const auto& m = *static_cast<const Map*>(map);
    const auto it = after != nullptr ? m.upper_bound(*after) : m.begin();
    return it == m.end() ? MapType::Entry{} : MapType::Entry{&it->first, &it->second};
  }
};

template <class T>
class StructOf final : public Assignable<T, StructType> {
  const AnyTable& table() const override { return T::fields(); }
};

template <class Type>
inline constexpr Type type_object{};

template <std::integral I>
struct TypeOf<I> {
  static const ValueType& get() { return type_object<IntegerOf<I>>; }
};
template <HasNames E>
struct TypeOf<E> {
  static const ValueType& get() { return type_object<EnumOf<E>>; }
};
template <class X>
struct TypeOf<std::optional<X>> {
  static const ValueType& get() { return type_object<OptionalOf<X>>; }
};
template <class X>
struct TypeOf<std::vector<X>> {
  static const ValueType& get() { return type_object<ListOf<X>>; }
};
template <class X>
struct TypeOf<std::map<std::string, X>> {
  static const ValueType& get() { return type_object<MapOf<X>>; }
};
template <HasFields T>
struct TypeOf<T> {
  static const ValueType& get() { return type_object<StructOf<T>>; }
};

}  // namespace visionops
