// What a row of the table of kinds (kinds.h) may say.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

#include "base/json_fwd.h"
#include "operator/api/object_meta.h"
#include "operator/cluster/seen.h"

namespace visionops::cluster {

/// What the operator asks of the API server about a kind, as a set of bits; the chart grants exactly this.
using Verbs = unsigned;
inline constexpr Verbs kNothing = 0;
inline constexpr Verbs kGet = 1U << 0U;
inline constexpr Verbs kList = 1U << 1U;
inline constexpr Verbs kWatch = 1U << 2U;
inline constexpr Verbs kCreate = 1U << 3U;
inline constexpr Verbs kPatch = 1U << 4U;
inline constexpr Verbs kDelete = 1U << 5U;
inline constexpr Verbs kRead = kGet | kList | kWatch;

/// Installations in which the operator asks. Nothing waits for the first list of what is not there everywhere.
enum class Where { Everywhere, WithKueue };

struct KindRow {
  std::string_view name;         ///< "TrainingJob"
  std::string_view plural;       ///< "trainingjobs"
  std::string_view short_name;   ///< "vtj"; empty: none
  std::string_view api_version;  ///< "batch/v1"; "v1" of the group without a name
  Verbs verbs = kNothing;        ///< of ours also those of status and finalizers
  Where where = Where::Everywhere;
  bool ours = false;  ///< users write it, a controller reconciles it, a CRD is made for it

  /// "batch"; empty: the group without a name.
  [[nodiscard]] constexpr std::string_view group() const {
    const auto slash = api_version.find('/');
    return slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
  }
  [[nodiscard]] constexpr bool has_codec() const { return true; }
};

/// Whether a row names its function. Under UBSan GCC takes the address of a function for no constant
/// (gcc.gnu.org/PR71962); the other builds check it.
template <class Function>
constexpr bool is_named([[maybe_unused]] Function* function) {
#if defined(__SANITIZE_ADDRESS__)
  return true;
#else
  return function != nullptr;
#endif
}

/// A resource kind of ours (api::Resource); decode is total and takes the whole object, api::encode is its inverse.
template <api::Resource T>
struct Ours : KindRow {
  using Type = T;
  T (*decode)(const Json&) = nullptr;
  [[nodiscard]] constexpr bool has_codec() const { return is_named(decode); }
};

/// A kind of Kubernetes that decisions build or read. Of encode the metadata is merged into what the object has.
template <class T>
struct Theirs : KindRow {
  using Type = T;
  Json (*encode)(const T&) = nullptr;
  T (*decode)(const Json&, api::ObjectMeta) = nullptr;
  [[nodiscard]] constexpr bool has_codec() const { return is_named(encode) && is_named(decode); }
};

/// A kind that is only watched: of it are kept its metadata and the texts at a few paths.
template <KindWord word>
struct Watched : KindRow {
  using Type = Seen<word>;
  ReadPaths reads{};
};

template <api::Resource T>
constexpr Ours<T> ours(T (*decode)(const Json&), Verbs more = kNothing) {
  constexpr auto& names = T::kKind;
  return {
      {names.name, names.plural, names.short_name, api::kApiVersion, kRead | kPatch | more, Where::Everywhere, true},
      decode};
}

/// watched<"Node">("nodes", "no", "v1", {"spec.podCIDR"})
template <KindWord word>
constexpr Watched<word> watched(std::string_view plural, std::string_view short_name, std::string_view api_version,
                                ReadPaths reads = {}) {
  return {{word.text(), plural, short_name, api_version, kRead}, reads};
}

template <class Table>
struct VariantOfTable;
template <class... Rows>
struct VariantOfTable<std::tuple<Rows...>> {
  using Type = std::variant<typename Rows::Type...>;
};
template <class Table>
using VariantOf = typename VariantOfTable<std::remove_const_t<Table>>::Type;

/// A type without a row does not compile.
template <class T, class... Rows>
consteval std::size_t place_of(const std::tuple<Rows...>&) {
  static_assert((std::is_same_v<T, typename Rows::Type> || ...), "no row of the table of kinds is of this type");
  std::size_t place = 0;
  (void)((std::is_same_v<T, typename Rows::Type> || (++place, false)) || ...);
  return place;
}

template <class... Rows>
consteval std::array<KindRow, sizeof...(Rows)> rows_of(const std::tuple<Rows...>& table) {
  return std::apply(
      [](const auto&... row) {
        // A row without a codec loses its name here, and are_whole() says so.
        return std::array<KindRow, sizeof...(row)>{(row.has_codec() ? static_cast<const KindRow&>(row) : KindRow{})...};
      },
      table);
}

template <std::size_t size>
consteval bool are_whole(const std::array<KindRow, size>& rows) {
  return std::ranges::all_of(rows, [&](const KindRow& row) {
    return !row.name.empty() && !row.plural.empty() && !row.api_version.empty() &&
           std::ranges::count(rows, row.name, &KindRow::name) == 1;
  });
}

template <bool (*wanted)(const KindRow&), std::size_t size>
consteval std::size_t count_where(const std::array<KindRow, size>& rows) {
  return static_cast<std::size_t>(std::ranges::count_if(rows, wanted));
}

constexpr bool is_ours(const KindRow& row) { return row.ours; }
constexpr bool is_watched(const KindRow& row) { return (row.verbs & kWatch) != 0; }
constexpr bool is_watched_everywhere(const KindRow& row) { return is_watched(row) && row.where == Where::Everywhere; }
constexpr bool is_watched_with_kueue(const KindRow& row) { return is_watched(row) && row.where == Where::WithKueue; }

}  // namespace visionops::cluster
