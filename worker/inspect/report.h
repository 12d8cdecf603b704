// The inspection as texts: eda.json for programs, lines for people.
#pragma once

#include <string>

#include "base/json_fwd.h"
#include "worker/inspect/inspect.h"

namespace visionops::inspect {

Json report_object(const Inspection& inspection);
/// eda.json; deterministic, ends with a newline.
std::string report_json(const Inspection& inspection);
/// "\n3 problems: ..." with the first ones.
std::string problems_text(const annotations::Findings& findings);
/// What `visionops-worker inspect` prints.
std::string report_text(const Inspection& inspection);

}  // namespace visionops::inspect
