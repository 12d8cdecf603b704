// How a program of ours begins and ends: one spelling of --version, help where nothing is asked, a suggestion for a
// mistyped word, one exit code for every mistake on the command line.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/cli/completion.h"

namespace visionops::cli {

/// A row of "Exit codes" in --help and in the manual.
struct ExitStatus {
  int code;
  std::string name;
  std::string meaning;
};

struct ProgramFacts {
  std::string version;  ///< "0.1.0"
  std::vector<ExitStatus> exit_statuses{};
  ObjectNames objects{};  ///< for completion
  int usage_error = 2;
  int internal_error = 64;
};

/// Rows of contract::exit_code_table(), which this room does not know.
template <class Rows>
std::vector<ExitStatus> exit_statuses_of(const Rows& rows) {
  std::vector<ExitStatus> out;
  for (const auto& row : rows) {
    const std::string meaning(row.by_hand.empty() ? row.meaning : row.by_hand);
    out.push_back({static_cast<int>(row.code), std::string(row.name), meaning});
  }
  return out;
}

/// "visionops 0.1.0", as --version prints it and every page of the manual has it at its foot.
std::string release_of(const CLI::App& app, const ProgramFacts& facts);

/// Parses and runs. Returns `exit_code` as the callback of the subcommand left it, or that of a usage error. Texts of
/// others (names, file names, values) reach a terminal escaped: see safe_streams.h.
int run_program(CLI::App& app, int argc, char** argv, const ProgramFacts& facts, const int& exit_code);

/// "; did you mean \"get\"?" for a word close to one of `known`, else empty.
std::string suggestion(const std::string& word, const std::vector<std::string>& known);

/// The value of an option is one of `words`, in any case, and becomes that word. --help says the words only.
CLI::Validator one_of(std::vector<std::string> words);

/// "COCO|YOLO", what stands behind such an option in --help.
std::string type_name_of(const std::vector<std::string>& words);

/// An option whose value is one of `words`.
template <class T>
CLI::Option* add_word_option(CLI::App& command, const std::string& name, T& value, const std::string& about,
                             const std::vector<std::string>& words) {
  return command.add_option(name, value, about)->transform(one_of(words))->type_name(type_name_of(words));
}

}  // namespace visionops::cli
