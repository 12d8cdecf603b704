#include "worker/train/engine/loop/secret_environment.h"

#include <unistd.h>

#include <cstdlib>
#include <map>
#include <string>

#include "worker/contract/secret_variables.h"

namespace visionops::train {

namespace {

/// Values by the names that they have in their Secret.
std::map<std::string, std::string> secrets_of(char** environment) {
  std::map<std::string, std::string> out;
  for (char** at = environment; at != nullptr && *at != nullptr; ++at) {
    const std::string variable = *at;
    if (auto name = contract::name_in_secret(variable)) out[*name] = variable.substr(variable.find('=') + 1);
  }
  return out;
}

}  // namespace

void take_secrets(std::ostream& log) {
  for (const auto& [name, value] : secrets_of(environ)) {
    ::unsetenv((contract::kSecretPrefix + name).c_str());  // NOLINT(concurrency-mt-unsafe)
    if (contract::is_credential(name)) {
      ::setenv(name.c_str(), value.c_str(), 0);  // NOLINT(concurrency-mt-unsafe)
    } else {
      log << "visionops-train: variable " << name << " of a Secret is left out: a trainer takes "
          << contract::kCredentialWords << "\n";
    }
  }
}

}  // namespace visionops::train
