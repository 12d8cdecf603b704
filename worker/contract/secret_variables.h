// Variables out of a Secret that a TrainingJob names (spec.secrets).
//
// Kubernetes makes every key of such a Secret a variable and can filter none, and a variable can be a program
// (LD_PRELOAD, PYTHONSTARTUP, OPENSSL_CONF). So each has a prefix while the loader and the libraries start, and the
// worker takes it away, once its own code runs, from those that look like a credential. PURE.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace visionops::contract {

inline constexpr const char* kSecretPrefix = "VISIONOPS_SECRET_";

/// Whether a trainer may have a variable of this name out of a Secret: MY_*, and names that end as those of
/// credentials do (kCredentialWords). No loader, interpreter or library takes code from such a name.
bool is_credential(std::string_view name);
inline constexpr const char* kCredentialWords =
    "MY_* and names that end in _TOKEN, _KEY, _KEY_ID, _SECRET, _PASSWORD, _USER or _USERNAME";
/// The name behind the prefix; nullopt: `variable` ("NAME=VALUE") is not out of a Secret.
std::optional<std::string> name_in_secret(std::string_view variable);

}  // namespace visionops::contract
