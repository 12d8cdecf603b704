#include "operator/runtimes/environments/install_environment.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "base/fields/field_table.h"
#include "base/posix/folder_lock.h"
#include "base/posix/small_files.h"
#include "operator/runtimes/environments/logged_program.h"
#include "operator/runtimes/environments/python_lock.h"

namespace visionops::runtimes {

namespace fs = std::filesystem;

namespace {

constexpr const char* kLogFile = "install.log";
constexpr const char* kFittingPython = "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))";

/// Whole or not there at all, for readers and after a power cut.
Status write_whole(const fs::path& file, const std::string& text) {
  const fs::path temporary = file.string() + ".new";
  auto fd = open_file(temporary, O_WRONLY | O_CREAT | O_TRUNC);
  if (!fd) return fd.error();
  if (auto written = write_all(fd->get(), text, temporary); !written) return written.error();
  if (::fsync(fd->get()) != 0 || ::rename(temporary.c_str(), file.c_str()) != 0)
    return system_error("cannot write", file);
  return sync_folder(file.parent_path());
}

/// One environment that is being made.
class Installation {
 public:
  Installation(fs::path place, const InstallWish& wish)
      : place_(std::move(place)), log_(place_.parent_path() / kLogFile), wish_(wish) {}

  Status step(const std::string& what, std::vector<std::string> words) {
    LoggedProgram program{std::move(words), log_, {}};
    if (wish_.progress) program.tick = [&] { wish_.progress(what); };
    const auto code = run_logged(program);
    if (!code) return code.error();
    return *code == 0 ? Status() : Status(failed(program.words, *code));
  }

  [[nodiscard]] std::string python() const { return (place_ / "bin/python").string(); }
  [[nodiscard]] const fs::path& place() const { return place_; }

 private:
  /// The last words of what failed say why.
  [[nodiscard]] Error failed(const std::vector<std::string>& words, int code) const {
    constexpr std::size_t kLastWords = 600;
    auto said = read_untrusted_tail(log_, kLastWords);
    while (said.ends_with('\n')) said.pop_back();
    if (said.size() + 1 >= kLastWords) said.erase(0, said.find('\n') + 1);
    const auto program = fs::path(words.front()).filename().string();
    return retry_error(program + " ended with " + std::to_string(code) + ": " + said + "\nAll of it: " + log_.string());
  }

  fs::path place_;
  fs::path log_;
  const InstallWish& wish_;
};

/// The first of the usual names that has a fitting version.
Result<std::string> base_python() {
  for (const char* name : {"python3", "python3.13", "python3.12", "python3.11"}) {
    const auto program = program_in_path(name);
    if (program.empty()) continue;
    const auto code = run_logged({{program, "-c", kFittingPython}, {}, {}});
    if (code && *code == 0) return program;
  }
  return not_found_error(
      "no Python 3.11, 3.12 or 3.13 in PATH; with another Python that has the packages: --python PATH");
}

Status make_environment(Installation& in, const std::string& python, const std::string& uv) {
  if (!uv.empty())
    return in.step("makes an environment",
                   {uv, "venv", "--no-project", "--allow-existing", "--python", python, in.place()});
  auto made = in.step("makes an environment", {python, "-m", "venv", in.place()});
  return made ? made : Status(made.error().in("Debian and Ubuntu: apt-get install python3-venv"));
}

Status install_packages(Installation& in, std::string_view packages, const std::string& uv) {
  const auto list = in.place() / "requirements.txt";
  if (auto written = write_whole(list, std::string(packages)); !written) return written.error();
  const std::string what = "installs " + std::to_string(count_packages(packages)) + " packages";
  std::vector<std::string> words{in.python(), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"};
  if (!uv.empty()) words = {uv, "pip", "install", "--python", in.python()};
  for (const char* word : {"--require-hashes", "--no-deps", "--only-binary", ":all:", "-r"}) words.emplace_back(word);
  words.push_back(list);
  return in.step(what, words);
}

Status make_stand_ins(Installation& in) {
  const auto script = in.place() / "cuda_stand_ins.py";
  if (auto written = write_whole(script, std::string(lock_file("cuda_stand_ins.py"))); !written) return written.error();
  const std::string call =
      "import runpy, sys, sysconfig; sys.argv = ['', sysconfig.get_path('platlib')]; runpy.run_path('" +
      script.string() + "')";
  return in.step("makes stand-ins for CUDA's libraries", {in.python(), "-c", call});
}

Status make_whole(Installation& in, const std::string& python, std::string_view lock, const InstallWish& wish) {
  const auto uv = program_in_path("uv");
  if (auto made = make_environment(in, python, uv); !made) return made;
  if (auto made = install_packages(in, wish.cpu ? cpu_part(lock) : lock, uv); !made) return made;
  if (wish.cpu) {
    if (auto made = make_stand_ins(in); !made) return made;
  }
  if (auto tried = in.step("tries it", {in.python(), "-c", "import torch, torchvision"}); !tried) return tried;
  return write_whole(in.place() / kInstalledFile, encode_text(InstalledEnvironment{wish.cpu}));
}

Status remove_tree(const fs::path& path) {
  std::error_code failure;
  fs::remove_all(path, failure);
  return failure ? Status(retry_error("cannot remove " + path.string() + ": " + failure.message())) : Status();
}

Status make_anew(const fs::path& place, const Runtime& runtime, const InstallWish& wish) {
  const auto python = base_python();
  if (!python) return python.error();
  for (const auto& old : {place, place.parent_path() / kLogFile}) {
    if (auto removed = remove_tree(old); !removed) return removed;
  }
  if (auto made = make_folders(place); !made) return made;
  Installation in(place, wish);
  return make_whole(in, *python, lock_file(runtime.python + ".txt"), wish);
}

Result<FolderLock> lock_of(const fs::path& folder, const Runtime& runtime) {
  if (auto made = make_folders(folder / runtime.name); !made) return made.error();
  auto held = FolderLock::acquire(folder / runtime.name / ".lock");
  return held ? std::move(held) : Result<FolderLock>(held.error().in((folder / runtime.name).string()));
}

Status fits_this_machine() {
#if defined(__x86_64__) && defined(__linux__)
  return {};
#else
  return invalid_error("packages are pinned for Linux on x86-64 alone; another Python that has them: --python PATH");
#endif
}

}  // namespace

Result<RuntimeEnvironment> install_environment(const fs::path& folder, const Runtime& runtime,
                                               const InstallWish& wish) {
  const auto place = locked_folder(folder, runtime);
  if (place.empty())
    return invalid_error("runtime " + runtime.name +
                         " has no list of packages; name a Python that has them: --python PATH");
  if (auto fits = fits_this_machine(); !fits) return fits.error();
  const auto held = lock_of(folder, runtime);
  if (!held) return held.error();
  const auto there = locked_environment(folder, runtime);
  if (!there || (there->cpu && !wish.cpu)) {
    if (auto made = make_anew(place, runtime, wish); !made) return made.error();
  }
  if (auto removed = remove_tree(folder / runtime.name / kOwnFile); !removed) return removed.error();
  return locked_environment(folder, runtime);
}

Result<RuntimeEnvironment> install_own(const fs::path& folder, const Runtime& runtime, const fs::path& python) {
  if (!runtime.is_framework()) return invalid_error("runtime " + runtime.name + " needs no Python");
  std::error_code failure;
  const auto path = fs::absolute(python, failure).lexically_normal();
  if (::access(path.c_str(), X_OK) != 0 || !fs::is_regular_file(path, failure))
    return not_found_error(path.string() + ": no program");
  const auto code = run_logged({{path.string(), "-c", "import sys"}, {}, {}});
  if (!code || *code != 0) return invalid_error(path.string() + ": no Python interpreter");
  if (::access((path.parent_path() / "python").c_str(), X_OK) != 0)
    return invalid_error(path.parent_path().string() +
                         ": no program `python` in this folder; name the interpreter of a virtual environment");
  const auto held = lock_of(folder, runtime);
  if (!held) return held.error();
  if (auto written = write_whole(folder / runtime.name / kOwnFile, encode_text(OwnInterpreter{path.string()}));
      !written)
    return written.error();
  return runtime_environment(folder, runtime);
}

Result<bool> remove_environment(const fs::path& folder, const Runtime& runtime) {
  std::error_code failure;
  if (!fs::exists(folder / runtime.name, failure)) return false;
  const auto held = lock_of(folder, runtime);
  if (!held) return held.error();
  if (auto removed = remove_tree(folder / runtime.name); !removed) return removed.error();
  return true;
}

}  // namespace visionops::runtimes
