// A command stood by without a run: for images and for people.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "worker/exec/process/supervisor.h"

namespace visionops::exec {

/// The exit code of the command, 128 + its signal, or 127 when it cannot be started. Log and exit record go to
/// `folder`; empty: nowhere.
int stand_by_command(const std::vector<std::string>& words, const std::filesystem::path& folder, Watch bounds,
                     const Signals& signals, const Clock& clock);

/// Copies this program to DIR/visionops-exec, whole and executable: an image of a framework has no copy of it.
Status install_into(const std::filesystem::path& folder);

}  // namespace visionops::exec
