// How a run travels into a container: in environment variables, since those need no object of their own and no right.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace visionops::contract {

/// VISIONOPS_RUN and, where the text is longer than a variable may be, VISIONOPS_RUN_1, VISIONOPS_RUN_2, ... The kernel
/// takes 128 KiB in one (MAX_ARG_STRLEN, execve(2)) and a quarter of the stack's limit in all; each part is valid
/// UTF-8.
std::vector<std::pair<std::string, std::string>> run_variables(const std::string& text);

/// The text again; empty when there is none. `environment` is as ::getenv.
std::string run_text(const std::function<const char*(const char*)>& environment);

}  // namespace visionops::contract
