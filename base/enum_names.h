// The names of an enumeration: one list beside the enum, found by its argument.
//
//   enum class MetricMode { Min, Max };
//   constexpr auto names_of(MetricMode) {
//     using enum MetricMode;
//     return std::to_array<Named<MetricMode>>({{Min, "Min"}, {Max, "Max"}});
//   }
//
// An enumerator that the list forgets does not compile where the names are used. The names are the CamelCase spelling
// of YAML; the list has the order of the enumerators, which count up from 0.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace visionops {

template <class E>
struct Named {
  E value;
  std::string_view name;
};

template <class E>
concept HasNames = std::is_enum_v<E> && requires(E e) { names_of(e); };

/// What the compiler calls the values: "Colour::Red", but "(Colour)2" for one that no enumerator has.
template <auto... Values>
consteval std::string_view spelling() {
  return __PRETTY_FUNCTION__;
}

/// How many values of a spelling have no enumerator: each is a number behind a cast.
consteval std::size_t count_unnamed(std::string_view spelling) {
  std::size_t count = 0;
  for (std::size_t i = 1; i < spelling.size(); ++i) {
    count += spelling[i - 1] == ')' && spelling[i] >= '0' && spelling[i] <= '9' ? 1 : 0;
  }
  return count;
}

/// Whether no enumerator has one of the next values after the first `Size`.
template <class E, std::size_t Size, std::size_t... Next>
consteval bool ends_after(std::index_sequence<Next...>) {
  return count_unnamed(spelling<static_cast<E>(Size + Next)...>()) == sizeof...(Next);
}

template <class E, std::size_t Size>
consteval bool counts_up(const std::array<Named<E>, Size>& names) {
  for (std::size_t i = 0; i < Size; ++i) {
    if (names[i].value != static_cast<E>(i)) return false;
  }
  return true;
}

/// Whether `names` has all enumerators of E, in their order.
template <class E, std::size_t Size>
consteval bool names_all(const std::array<Named<E>, Size>& names) {
  return counts_up(names) && ends_after<E, Size>(std::make_index_sequence<16>{});
}

template <HasNames E>
consteval auto checked_names() {
  static_assert(names_all(names_of(E{})), "names_of misses an enumerator, or lists them in another order");
  return names_of(E{});
}

/// The list of an enumeration, complete: index and value of an element are equal.
template <HasNames E>
inline constexpr auto enum_names = checked_names<E>();

template <HasNames E>
constexpr std::string_view enum_name(E value) {
  const auto at = static_cast<std::size_t>(value);
  return at < enum_names<E>.size() ? enum_names<E>[at].name : "Unknown";  // a number that is no enumerator
}

template <HasNames E>
constexpr std::optional<E> parse_enum(std::string_view text) {
  for (const auto& [value, name] : enum_names<E>) {
    if (name == text) return value;
  }
  return std::nullopt;
}

}  // namespace visionops
