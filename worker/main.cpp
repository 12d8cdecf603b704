// visionops-worker: everything that happens inside a Pod, and by hand. Dispatch only.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>

#include "base/cli/completion.h"
#include "base/cli/man_page.h"
#include "base/cli/program.h"
#include "worker/commands/commands.h"
#include "worker/contract/exit_code.h"
#include "worker/pipeline/materialise/recode.h"

namespace {

/// Programs beside this one that a subcommand is replaced by: they link what the worker shall not carry.
struct Sibling {
  std::string_view command;
  const char* program;
  const char* about;
};
constexpr Sibling kSiblings[] = {
    {"train", "visionops-train", "Train a model (built-in trainer)"},
    {"sidecar", "visionops-sidecar", "Watch a trainer or pipeline and report to the operator"},
};

/// Returns only when the program could not be started.
int become(const Sibling& sibling, char** argv) {
  std::error_code error;
  const auto here = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::string path = (here.parent_path() / sibling.program).string();
  std::string name = path;
  argv[1] = name.data();
  ::execv(path.c_str(), argv + 1);
  const int why = errno;
  std::cerr << "visionops-worker " << sibling.command << ": " << path << ": " << std::strerror(why)
            << (why == ENOENT ? " (this build or image does not contain it)" : "") << "\n";
  return static_cast<int>(visionops::contract::ExitCode::ProgramMissing);
}

}  // namespace

int main(int argc, char** argv) {
  // A second fence behind the checks of headers. OpenCV reads it when it is loaded, which is later.
  ::setenv("OPENCV_IO_MAX_IMAGE_PIXELS", std::to_string(visionops::pipeline::kMaxImagePixels).c_str(), 1);
  if (argc > 1) {
    for (const auto& sibling : kSiblings) {
      if (sibling.command == argv[1]) return become(sibling, argv);
    }
  }
  int exit_code = 0;
  CLI::App app{"VisionOps worker: datasets, pipelines and training", "visionops-worker"};
  app.require_subcommand(1);
  const visionops::cli::ProgramFacts facts{VISIONOPS_VERSION,
                                           visionops::cli::exit_statuses_of(visionops::contract::exit_code_table())};
  visionops::commands::add_pipeline(app, exit_code);
  visionops::commands::add_convert(app, exit_code);
  visionops::commands::add_prepare(app, exit_code);
  visionops::commands::add_inspect(app, exit_code);
  visionops::commands::add_inspect_run(app, exit_code);
  visionops::commands::add_remove_run(app, exit_code);
  visionops::commands::add_verify(app, exit_code);
  for (const auto& sibling : kSiblings) app.add_subcommand(std::string(sibling.command), sibling.about);
  visionops::cli::add_completion(app, exit_code);
  visionops::cli::add_man(app, facts, exit_code);
  return visionops::cli::run_program(app, argc, argv, facts, exit_code);
}
