// Shell completion scripts written from the command line itself, so that they never lag behind it.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace visionops::commands {

/// Static completion of subcommands and options for "bash", "zsh" or "fish"; empty for other shells.
std::string completion_script(const CLI::App& app, const std::string& shell);

/// `visionops completion SHELL`
void add_completion(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
