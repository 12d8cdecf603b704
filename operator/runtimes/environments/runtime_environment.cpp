#include "operator/runtimes/environments/runtime_environment.h"

#include <unistd.h>

#include <cstdlib>

#include "base/fields/field_table.h"
#include "base/posix/small_files.h"
#include "operator/runtimes/environments/python_lock.h"

namespace visionops::runtimes {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostJson = 16384;

/// The file as a struct; NotFound when it is not there, Invalid when it is not what we write.
template <class T>
Result<T> read_json(const fs::path& file) {
  const auto text = read_file(file, kMostJson);
  if (!text) return text.error();
  Problems problems;
  auto out = decode_text<T>(*text, "", problems);
  if (!problems.empty()) return invalid_error(file.string() + ": " + describe(problems));
  return out;
}

bool is_program(const fs::path& file) {
  std::error_code failure;
  return ::access(file.c_str(), X_OK) == 0 && !fs::is_directory(file, failure);
}

std::string install_command(const Runtime& runtime) {
  return "visionops runtimes install " + runtime.name + (runtime.python.empty() ? " --python PATH" : "");
}

Error not_there(const Runtime& runtime, const std::string& why) {
  return not_found_error("runtime " + runtime.name + ": " + why + "; type: " + install_command(runtime));
}

Result<RuntimeEnvironment> own_environment(const fs::path& file, const Runtime& runtime) {
  const auto own = read_json<OwnInterpreter>(file);
  if (!own) return own.error();
  const fs::path python(own->python);
  if (!is_program(python)) return not_there(runtime, "the interpreter " + own->python + " is not there any more");
  return RuntimeEnvironment{python.parent_path(), true, false};
}

}  // namespace

const Table<InstalledEnvironment>& InstalledEnvironment::fields() {
  static const Table<InstalledEnvironment> table{
      field("cpu", &InstalledEnvironment::cpu, "Whether it was made for machines without a GPU.").always(),
  };
  return table;
}

const Table<OwnInterpreter>& OwnInterpreter::fields() {
  static const Table<OwnInterpreter> table{
      field("python", &OwnInterpreter::python, "Absolute path of a Python interpreter.").required().max_length(4096),
  };
  return table;
}

Result<fs::path> environments_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && *cache == '/') return fs::path(cache) / "visionops/runtimes";
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/') return fs::path(home) / ".cache/visionops/runtimes";
  return invalid_error("neither XDG_CACHE_HOME nor HOME is set: there is no place for Python environments");
}

fs::path locked_folder(const fs::path& folder, const Runtime& runtime) {
  const auto lock = lock_file(runtime.python + ".txt");
  return lock.empty() ? fs::path{} : folder / runtime.name / lock_digest(lock);
}

Result<RuntimeEnvironment> locked_environment(const fs::path& folder, const Runtime& runtime) {
  const auto place = locked_folder(folder, runtime);
  if (place.empty()) return not_there(runtime, "its programs come from a Python environment of yours");
  const auto installed = read_json<InstalledEnvironment>(place / kInstalledFile);
  if (installed) return RuntimeEnvironment{place / "bin", false, installed->cpu};
  std::error_code failure;
  const bool another = fs::exists(folder / runtime.name, failure);
  return not_there(runtime, another ? "what is installed here is not whole, or of another version"
                                    : "its Python environment is not installed here");
}

Result<RuntimeEnvironment> runtime_environment(const fs::path& folder, const Runtime& runtime) {
  if (!runtime.is_framework()) return invalid_error("runtime " + runtime.name + " needs no Python");
  std::error_code failure;
  const auto own = folder / runtime.name / kOwnFile;
  return fs::exists(own, failure) ? own_environment(own, runtime) : locked_environment(folder, runtime);
}

}  // namespace visionops::runtimes
