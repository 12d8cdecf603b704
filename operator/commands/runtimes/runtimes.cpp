#include "operator/commands/runtimes/runtimes.h"

#include <chrono>
#include <iostream>
#include <memory>

#include "base/cli/program.h"
#include "base/cli/safe_streams.h"
#include "base/text.h"
#include "operator/assembly/data_folder.h"
#include "operator/commands/runtimes/runtime_words.h"
#include "operator/present/terminal.h"
#include "operator/runtimes/environments/install_environment.h"

namespace visionops::commands {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct RuntimesOptions {
  std::string action;
  std::string name;
  std::string python;
  bool cpu = false;
  bool json = false;
};

/// What is being done and for how long: one line that is drawn anew on a terminal, a line for each step elsewhere.
class StepLine {
 public:
  explicit StepLine(std::string name) : name_(std::move(name)), drawn_(is_terminal(stderr)) {}
  StepLine(const StepLine&) = delete;
  StepLine& operator=(const StepLine&) = delete;
  ~StepLine() {
    if (drawn_ && !step_.empty()) cli::drawn_errors() << "\r\033[K" << std::flush;
  }

  void show(const std::string& step) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - start_).count();
    if (drawn_) {
      cli::drawn_errors() << "\r\033[K" << name_ << ": " << step << " (" << seconds << " s)" << std::flush;
    } else if (step != step_) {
      std::cerr << name_ << ": " << step << "\n";
    }
    step_ = step;
  }

 private:
  std::string name_;
  bool drawn_;
  std::string step_;
  Clock::time_point start_ = Clock::now();
};

int list(const fs::path& folder, bool json) {
  Json all = Json::array();
  std::vector<TableRow> rows;
  for (const auto& runtime : runtimes::all()) {
    const auto place = here(folder, runtime);
    all.push_back(runtime_json(runtime, place));
    rows.push_back(runtime_row(runtime, place));
  }
  if (json) {
    cli::machine_output() << dump_json(all) << "\n";
    return 0;
  }
  for (const auto& line : format_table({"RUNTIME", "TASKS", "DATA", "HERE"}, rows)) std::cout << line << "\n";
  return 0;
}

int show(const fs::path& folder, const runtimes::Runtime& runtime, bool json) {
  const auto place = here(folder, runtime);
  if (json) {
    cli::machine_output() << dump_json(runtime_json(runtime, place)) << "\n";
    return 0;
  }
  for (const auto& line : runtime_text(runtime, place)) std::cout << line << "\n";
  return 0;
}

Result<runtimes::RuntimeEnvironment> make(const fs::path& folder, const runtimes::Runtime& runtime,
                                          const RuntimesOptions& options) {
  if (!options.python.empty()) return runtimes::install_own(folder, runtime, options.python);
  StepLine line(runtime.name);
  return runtimes::install_environment(folder, runtime,
                                       {options.cpu, [&](const std::string& step) { line.show(step); }});
}

int install(const fs::path& folder, const runtimes::Runtime& runtime, const RuntimesOptions& options) {
  if (!runtime.is_framework()) {
    std::cout << runtime.name << " needs no installation\n";
    return 0;
  }
  const auto made = make(folder, runtime, options);
  if (!made) return report(made.error());
  std::cout << runtime.name << " " << here(folder, runtime).words << ": " << made->bin.string() << "\n";
  return 0;
}

int remove(const fs::path& folder, const runtimes::Runtime& runtime) {
  const auto removed = runtimes::remove_environment(folder, runtime);
  if (!removed) return report(removed.error());
  std::cout << runtime.name << (*removed ? " removed\n" : " was not installed here\n");
  return 0;
}

int runtimes_verb(const RuntimesOptions& options) {
  const auto folder = runtimes::environments_folder();
  if (!folder) return report(folder.error());
  if (options.action != "install" && (options.cpu || !options.python.empty()))
    return report(invalid_error("--cpu and --python belong to: visionops runtimes install NAME"));
  if (options.cpu && !options.python.empty())
    return report(invalid_error("--python names an environment that is there: --cpu makes another"));
  if (options.action.empty()) return list(*folder, options.json);
  const auto* runtime = runtimes::find(options.name);
  if (runtime == nullptr) {
    return report(
        invalid_error("NAME: " + (options.name.empty() ? "is required" : "no runtime is called " + options.name) +
                      "; there are " + join(runtimes::names())));
  }
  if (options.action == "show") return show(*folder, *runtime, options.json);
  return options.action == "install" ? install(*folder, *runtime, options) : remove(*folder, *runtime);
}

}  // namespace

void add_runtimes(CLI::App& app, int& exit_code) {
  auto* command =
      app.add_subcommand("runtimes", "Show what trains, and install its Python environment on this machine");
  auto options = std::make_shared<RuntimesOptions>();
  cli::add_word_option(*command, "ACTION", options->action,
                       "What to do with the runtime NAME; when absent all are listed", {"show", "install", "remove"});
  command->add_option("NAME", options->name, "Name of a runtime, as spec.runtime has it");
  command->add_option("--python", options->python, "install: take this interpreter, which has the packages")
      ->type_name("PATH");
  command->add_flag("--cpu", options->cpu, "install: without the libraries for NVIDIA's GPUs, 2 GB less");
  command->add_flag("--json", options->json, "An array of objects; with show one object");
  command->footer(
      "A runtime is installed into ~/.cache/visionops/runtimes ($XDG_CACHE_HOME), from the package index that pip is "
      "set\n"
      "to, in the versions and with the hashes that this release names. Kubernetes needs none of it: there each "
      "runtime\n"
      "is an image.");
  command->callback([options, &exit_code] { exit_code = runtimes_verb(*options); });
}

}  // namespace visionops::commands
