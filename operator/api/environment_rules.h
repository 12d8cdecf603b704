// Which environment variables a user may give to a trainer.
//
// A variable can be a program: the loader, the C library, OpenSSL, CUDA, NCCL, interpreters and the libraries behind
// them take paths of code from the environment, and no list of such variables is ever whole. So a trainer takes what is
// listed here and nothing else. One table for the CRD's rule, validate() and the documentation.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace visionops::api {

/// NVIDIA_VISIBLE_DEVICES reaches past the container; the others tell a container what the platform wants of it.
bool belongs_to_platform(std::string_view name);
/// Threads, memory and messages of the libraries that a trainer is made of; none of them names a file. Names that
/// begin with MY_ are the user's own: no library reads them.
bool is_setting(std::string_view name);
/// The names of is_setting(), sorted.
const std::vector<std::string>& settings();

/// CEL for the name of a variable: not belongs_to_platform().
std::string platform_name_rule();
std::string platform_name_words();
/// CEL for spec: is_setting() holds for every name.
std::string settings_rule();
inline constexpr const char* kSettingsWords =
    "a trainer takes only variables that load nothing: MY_* and the settings that spec.env is documented with";
/// "MY_* and ...", all of them.
std::string settings_text();

}  // namespace visionops::api
