// Shell completion: tiny scripts that ask the program itself, so that they never lag behind it and know what exists.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace visionops::cli {

/// What a shell sends before it shows anything: `PROGRAM __complete WORD... CURRENT`.
inline constexpr const char* kCompleteCommand = "__complete";

/// Names of things that exist, for words typed so far (the subcommand first, the unfinished one last).
using ObjectNames = std::function<std::vector<std::string>(const std::vector<std::string>& words)>;

/// What may stand in place of the last of `words`: subcommands, options, words of an option, or `objects`. Nothing: a
/// file, or anything.
std::vector<std::string> completions(const CLI::App& app, const std::vector<std::string>& words,
                                     const ObjectNames& objects);

/// For "bash", "zsh" or "fish"; empty for other shells.
std::string completion_script(const std::string& program, const std::string& shell);

/// Adds the subcommand `completion SHELL`. `app` must live until it has been parsed.
void add_completion(CLI::App& app, int& exit_code);

}  // namespace visionops::cli
