// Random identifiers from the kernel (getrandom).
#pragma once

#include <string>

namespace visionops::local {

/// A version 4 UUID (RFC 9562), as Kubernetes gives to objects.
std::string random_uid();
/// 64 hex digits: 256 bits that nobody can guess.
std::string random_token();

}  // namespace visionops::local
