// Options whose values are words of base/vocabulary.h, in any case.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "base/fields/fields.h"
#include "base/vocabulary.h"
#include "worker/contract/format.h"

namespace visionops::commands {

/// The words of E, for CLI::CheckedTransformer.
template <class E>
std::map<std::string, E> words_of(const std::vector<E>& accepted) {
  std::map<std::string, E> words;
  for (const E value : accepted) words.emplace(std::string(enum_name(value)), value);
  return words;
}

/// All words of E.
template <class E>
std::map<std::string, E> all_words() {
  std::map<std::string, E> words;
  for (const auto& [value, name] : enum_names<E>) words.emplace(std::string(name), value);
  return words;
}

/// An option that takes a format that can be read, or written, in any case.
inline CLI::Option* add_format_option(CLI::App& command, const std::string& name, Format& out, const std::string& about,
                                      bool contract::FormatInfo::*which) {
  std::map<std::string, std::string> words;
  for (const auto& info : contract::formats()) {
    if (info.*which) words.emplace(info.name, info.name);
  }
  std::string names = contract::format_names(which);
  for (auto at = names.find(", "); at != std::string::npos; at = names.find(", ")) names.replace(at, 2, "|");
  const auto take = [&out](const std::string& word) { out = Format::find(word).value_or(Format::None); };
  return command.add_option_function<std::string>(name, take, about)
      ->transform(CLI::CheckedTransformer(words, CLI::ignore_case))
      ->type_name(names);
}

}  // namespace visionops::commands
