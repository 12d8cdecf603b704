// An object of a kind that is only watched: what of it is kept, and its way from JSON and back.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/json_fwd.h"
#include "operator/api/object_meta.h"

namespace visionops::cluster {

/// The name of a kind as a template argument.
template <std::size_t size>
struct KindWord {
  char letters[size]{};
  // NOLINTNEXTLINE(google-explicit-constructor): a literal stands for it
  consteval KindWord(const char (&word)[size]) { std::copy_n(word, size, letters); }
  [[nodiscard]] constexpr std::string_view text() const { return {letters, size - 1}; }
};

/// Where texts stand in an object, "spec.text"; the rest is empty.
using ReadPaths = std::array<std::string_view, 4>;

/// What stands at ReadPaths; what is absent or no text has no entry.
using ReadTexts = std::map<std::string, std::string>;

template <KindWord word>
struct Seen {
  api::ObjectMeta meta;
  ReadTexts texts;
};

ReadTexts read_texts(const Json& object, const ReadPaths& paths);
/// The texts at their places.
Json encode_texts(const ReadTexts& texts);

}  // namespace visionops::cluster
