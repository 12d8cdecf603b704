#include "worker/exec/process/environment.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "worker/contract/run_spec.h"
#include "worker/contract/secret_variables.h"
#include "worker/contract/store_location.h"

namespace visionops::exec {

namespace {

constexpr std::string_view kPlatform = "VISIONOPS_";

/// Keys of buckets, from a shell: the trainer reads stores as folders. Those of a Secret that its job names come after.
constexpr std::array<std::string_view, 3> kStoreKeys{contract::kAccessKeyIdName, contract::kSecretAccessKeyName,
                                                     contract::kSessionTokenName};

/// PYTHONUNBUFFERED: without it everything comes at the end. PYTHONFAULTHANDLER: SIGABRT prints every thread's stack.
constexpr std::array<const char*, 2> kAlways{"PYTHONUNBUFFERED", "PYTHONFAULTHANDLER"};

bool is_of_platform(std::string_view name) {
  if (name == contract::kStoresEnv) return false;
  return name.starts_with(kPlatform) || std::ranges::find(kStoreKeys, name) != kStoreKeys.end();
}

}  // namespace

TrainerEnvironment trainer_environment(char** inherited, const std::map<std::string, std::string>& added) {
  std::map<std::string, std::string> all;
  std::map<std::string, std::string> secrets;
  TrainerEnvironment out;
  for (char** at = inherited; at != nullptr && *at != nullptr; ++at) {
    const std::string variable = *at;
    const auto equal = variable.find('=');
    if (equal == std::string::npos || equal == 0) continue;
    const auto name = variable.substr(0, equal);
    const auto secret = contract::name_in_secret(variable);
    if (secret && contract::is_credential(*secret)) secrets[*secret] = variable.substr(equal + 1);
    if (secret && !contract::is_credential(*secret)) out.left_out.push_back(*secret);
    if (!secret && !is_of_platform(name)) all[name] = variable.substr(equal + 1);
  }
  all.merge(secrets);
  for (const auto& [name, value] : added) all[name] = value;
  for (const char* name : kAlways) all[name] = "1";
  for (const auto& [name, value] : all) out.variables.push_back(name + "=" + value);
  return out;
}

}  // namespace visionops::exec
