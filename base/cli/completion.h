// Shell completion scripts written from the command line itself, so that they never lag behind it.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace visionops::cli {

/// Static completion of subcommands and options for "bash", "zsh" or "fish"; empty for other shells. `objects`:
/// words that may follow a subcommand, separated by spaces; empty: files are offered.
std::string completion_script(const CLI::App& app, const std::string& shell, const std::string& objects);

/// Adds the subcommand `completion SHELL`. `app` must live until it has been parsed.
void add_completion(CLI::App& app, const std::string& objects, int& exit_code);

}  // namespace visionops::cli
