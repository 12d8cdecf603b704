// Where a Python program stood when it was aborted, by the stacks that its fault handler prints. PURE.
#pragma once

#include <string>
#include <string_view>

namespace visionops::exec {

/// Of the first "Current thread" in `output`: the innermost frame that is not the standard library's, else the
/// innermost one, as `File "train.py", line 3 in load`. Empty: there are no stacks.
std::string stuck_frame(std::string_view output);

}  // namespace visionops::exec
