// Fields in words, from the tables that also make the CRDs. PURE.
#pragma once

#include <string>

#include "base/result.h"
#include "operator/cluster/kinds.h"

namespace visionops::commands {

/// "trainingjob.spec.resources", as kubectl explain takes it. `recursive`: all fields below as a tree, without their
/// texts. Invalid, with a suggestion, for a kind that is not ours or a field that is not there.
Result<std::string> explain_field(const std::string& path, bool recursive);

}  // namespace visionops::commands
