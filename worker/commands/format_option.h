// Options whose values are words of base/vocabulary.h, in any case.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "base/fields/fields.h"
#include "base/vocabulary.h"

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

/// An option that takes one of `formats`, in any case.
inline CLI::Option* add_format_option(CLI::App& command, const std::string& name, Format& out, const std::string& about,
                                      const std::vector<Format>& formats) {
  std::string words;
  for (const Format format : formats) words += (words.empty() ? "" : "|") + std::string(enum_name(format));
  return command.add_option(name, out, about)
      ->transform(CLI::CheckedTransformer(words_of<Format>(formats), CLI::ignore_case))
      ->type_name(words);
}

inline const std::vector<Format> kFormatsRead{Format::COCO, Format::YOLO, Format::VisDrone};
inline const std::vector<Format> kFormatsWritten{Format::COCO, Format::YOLO};

}  // namespace visionops::commands
