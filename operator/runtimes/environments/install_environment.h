// `visionops runtimes install`: makes the Python environment of a runtime, or remembers one that is there.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "base/result.h"
#include "operator/runtimes/environments/runtime_environment.h"

namespace visionops::runtimes {

struct InstallWish {
  bool cpu = false;  ///< without NVIDIA's libraries (2 GB): stand-ins take their names
  /// Called with what is being done ("installs 41 packages"), again and again while it lasts; may be empty.
  std::function<void(const std::string& step)> progress;
};

/// Makes locked_folder() whole: a virtual environment, the packages of the lock and nothing else, each compared with
/// its hash; then the interpreter of an earlier install_own() is forgotten. What was begun and not finished before is
/// made anew; what is there already, and sees as much as is asked for, is taken as it is. With `uv` in PATH packages
/// are shared with other environments. One process at a time (Conflict).
///
/// Invalid: a runtime without a lock, or another machine than Linux on x86-64. NotFound: no Python of a fitting
/// version, with venv. Retry: a step ended with an error; the message has its last words, and the file with all.
Result<RuntimeEnvironment> install_environment(const std::filesystem::path& folder, const Runtime& runtime,
                                               const InstallWish& wish);

/// Remembers the interpreter `python` for the runtime. Its programs must stand beside it, one of them called `python`.
Result<RuntimeEnvironment> install_own(const std::filesystem::path& folder, const Runtime& runtime,
                                       const std::filesystem::path& python);

/// Everything of the runtime; the interpreter that was named stays, of course. False: there was nothing.
Result<bool> remove_environment(const std::filesystem::path& folder, const Runtime& runtime);

}  // namespace visionops::runtimes
