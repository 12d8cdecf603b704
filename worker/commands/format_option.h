// Options whose values are words of base/vocabulary.h, in any case.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/cli/program.h"
#include "base/enum_names.h"
#include "base/text.h"
#include "base/vocabulary.h"
#include "worker/contract/format.h"

namespace visionops::commands {

/// An option whose value is one of a few words of E.
template <class E>
CLI::Option* add_enum_option(CLI::App& command, const std::string& name, E& out, const std::string& about,
                             const std::vector<E>& accepted) {
  std::vector<std::string> words;
  for (const E value : accepted) words.emplace_back(enum_name(value));
  const auto take = [&out](const std::string& word) { out = parse_enum<E>(word).value_or(out); };
  return command.add_option_function<std::string>(name, take, about)
      ->transform(cli::one_of(words))
      ->type_name(cli::type_name_of(words));
}

/// An option that takes any words of E, separated by commas.
template <class E>
CLI::Option* add_enums_option(CLI::App& command, const std::string& name, std::vector<E>& out,
                              const std::string& about) {
  std::vector<std::string> words;
  for (const auto& [value, word] : enum_names<E>) words.emplace_back(word);
  const auto take = [&out](const std::vector<std::string>& given) {
    for (const auto& word : given) out.push_back(*parse_enum<E>(word));
  };
  return command.add_option_function<std::vector<std::string>>(name, take, about + ": " + join(words))
      ->delimiter(',')
      ->transform(cli::one_of(words))
      ->type_name("WORD,...");
}

/// An option that takes a format that can be read, or written, in any case.
inline CLI::Option* add_format_option(CLI::App& command, const std::string& name, Format& out, const std::string& about,
                                      bool contract::FormatInfo::*which) {
  std::vector<std::string> words;
  for (const auto& info : contract::formats()) {
    if (info.*which) words.emplace_back(info.name);
  }
  const auto take = [&out](const std::string& word) { out = Format::find(word).value_or(Format::None); };
  return command.add_option_function<std::string>(name, take, about)
      ->transform(cli::one_of(words))
      ->type_name(cli::type_name_of(words));
}

}  // namespace visionops::commands
