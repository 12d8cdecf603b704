// Ctrl-C and SIGTERM as a question. The first one asks to stop in order, the second one ends at once.
#pragma once

namespace visionops::commands {

/// Installs the handlers; process-wide, once.
void watch_for_interruption();
bool interrupted();

}  // namespace visionops::commands
