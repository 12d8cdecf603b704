// Where the Python environment of a runtime lies on this machine, in which the embedded cluster runs its containers:
//   FOLDER/NAME/<digest of its lock>/   made by `visionops runtimes install NAME`, whole once installed.json is in it
//   FOLDER/NAME/own.json                the interpreter that `--python PATH` named; it goes before the other
// Any thread; each call looks anew.
#pragma once

#include <filesystem>
#include <string>

#include "base/fields/fields.h"
#include "base/result.h"
#include "operator/runtimes/runtime.h"

namespace visionops::runtimes {

inline constexpr const char* kInstalledFile = "installed.json";
inline constexpr const char* kOwnFile = "own.json";

/// $XDG_CACHE_HOME/visionops/runtimes, else $HOME/.cache/visionops/runtimes. Invalid when neither is set.
Result<std::filesystem::path> environments_folder();

/// installed.json.
struct InstalledEnvironment {
  bool cpu = false;  ///< with stand-ins for CUDA's libraries: it cannot see a GPU

  static const Table<InstalledEnvironment>& fields();
};

/// own.json.
struct OwnInterpreter {
  std::string python;  ///< absolute

  static const Table<OwnInterpreter>& fields();
};

struct RuntimeEnvironment {
  std::filesystem::path bin;  ///< stands in front of PATH; has a program `python`
  bool own = false;           ///< of an interpreter that was named
  bool cpu = false;           ///< cannot see a GPU
};

/// The folder that install makes; its name follows from the lock. Empty for a runtime without a lock.
std::filesystem::path locked_folder(const std::filesystem::path& folder, const Runtime& runtime);

/// What install made there; NotFound, with the command to type: it is not there, not whole, or of another version.
Result<RuntimeEnvironment> locked_environment(const std::filesystem::path& folder, const Runtime& runtime);

/// The own interpreter, or that. NotFound, with the command to type: there is none, or what was named is gone. Invalid:
/// the platform's own trainer has none.
Result<RuntimeEnvironment> runtime_environment(const std::filesystem::path& folder, const Runtime& runtime);

}  // namespace visionops::runtimes
