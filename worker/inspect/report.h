// The inspection as texts: eda.json for programs, lines for people.
#pragma once

#include <string>

#include "worker/inspect/inspect.h"

namespace visionops::inspect {

/// eda.json; deterministic, ends with a newline.
std::string report_json(const Inspection& inspection);
/// What `visionops-worker inspect` prints.
std::string report_text(const Inspection& inspection);

}  // namespace visionops::inspect
