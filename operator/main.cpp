// visionops: composition root of the command line. Each subcommand lives in operator/commands/.
#include <CLI/CLI.hpp>
#include <iostream>

#include "base/cli/completion.h"
#include "base/cli/man_page.h"
#include "operator/cluster/kinds.h"
#include "operator/commands/delete.h"
#include "operator/commands/describe.h"
#include "operator/commands/get.h"
#include "operator/commands/logs.h"
#include "operator/commands/operator.h"
#include "operator/commands/run.h"
#include "operator/commands/sql.h"

int main(int argc, char** argv) {
  CLI::App app{"Datasets, pipelines and GPU training as Kubernetes resources", "visionops"};
  app.set_version_flag("--version", std::string("visionops ") + VISIONOPS_VERSION);
  app.require_subcommand(1);
  app.footer("Start with:  visionops run -f samples/quickstart");
  int exit_code = 0;
  namespace commands = visionops::commands;
  commands::add_run(app, exit_code);
  commands::add_get(app, exit_code);
  commands::add_describe(app, exit_code);
  commands::add_logs(app, exit_code);
  commands::add_delete(app, exit_code);
  commands::add_operator(app, exit_code);
  commands::add_sql(app, exit_code);
  visionops::cli::add_completion(
      app, visionops::cluster::kind_plurals(visionops::cluster::kKindsWatchedEverywhere, " "), exit_code);
  visionops::cli::add_man(app, std::string("visionops ") + VISIONOPS_VERSION, exit_code);
  try {
    CLI11_PARSE(app, argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << "\n";
    return 64;
  }
  return exit_code;
}
