#include "worker/contract/secret_variables.h"

#include <algorithm>
#include <array>

namespace visionops::contract {

namespace {

constexpr std::string_view kOwnPrefix = "MY_";
constexpr std::array<std::string_view, 7> kEndings{"_TOKEN",    "_KEY",  "_KEY_ID",  "_SECRET",
                                                   "_PASSWORD", "_USER", "_USERNAME"};
/// Of the loader, the C library, interpreters and the platform: whatever such a name ends in, it is none of a service.
constexpr std::array<std::string_view, 9> kNever{"LD_",     "DYLD_", "GLIBC_",     "MALLOC_",    "PYTHON",
                                                 "NVIDIA_", "CUDA_", "VISIONOPS_", "KUBERNETES_"};

bool is_name(std::string_view name) {
  const auto in_name = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return std::ranges::all_of(name, in_name);
}

}  // namespace

bool is_credential(std::string_view name) {
  const auto begins = [&](auto prefix) { return name.starts_with(prefix); };
  const auto ends = [&](auto ending) { return name.size() > ending.size() && name.ends_with(ending); };
  if (!is_name(name) || std::ranges::any_of(kNever, begins)) return false;
  return name.starts_with(kOwnPrefix) || std::ranges::any_of(kEndings, ends);
}

std::optional<std::string> name_in_secret(std::string_view variable) {
  const std::string_view prefix = kSecretPrefix;
  const auto equal = variable.find('=');
  if (!variable.starts_with(prefix) || equal == std::string_view::npos || equal < prefix.size()) return std::nullopt;
  return std::string(variable.substr(prefix.size(), equal - prefix.size()));
}

}  // namespace visionops::contract
