// Manual pages out of the texts that --help prints, so that the two cannot differ.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/cli/program.h"

namespace visionops::cli {

struct ManPage {
  std::string file;  ///< "visionops-run.1"
  std::string text;  ///< troff with the macros of man(7)
};

/// One page of section 1 for the program and one for each of its subcommands that --help shows.
/// The release stands at the foot of every page, the exit codes in it.
std::vector<ManPage> man_pages(const CLI::App& app, const ProgramFacts& facts);

/// Adds the subcommand `man`, which --help does not show: it writes the pages of `app` into a folder that exists.
/// `app` must live until it has been parsed. exit_code: 0, or 1 with "error: ..." when a file cannot be written.
void add_man(CLI::App& app, const ProgramFacts& facts, int& exit_code);

}  // namespace visionops::cli
