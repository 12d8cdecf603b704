// visionops: composition root of the command line. Each subcommand lives in operator/commands/.
#include <CLI/CLI.hpp>

#include "base/cli/completion.h"
#include "base/cli/man_page.h"
#include "base/cli/program.h"
#include "operator/commands/delete.h"
#include "operator/commands/describe.h"
#include "operator/commands/events.h"
#include "operator/commands/explain.h"
#include "operator/commands/files/apply.h"
#include "operator/commands/files/diff.h"
#include "operator/commands/files/validate.h"
#include "operator/commands/get.h"
#include "operator/commands/init/init.h"
#include "operator/commands/logs.h"
#include "operator/commands/operator.h"
#include "operator/commands/repair.h"
#include "operator/commands/resource_completion.h"
#include "operator/commands/run/run.h"
#include "operator/commands/runtimes/models.h"
#include "operator/commands/runtimes/runtimes.h"
#include "operator/commands/sql.h"
#include "operator/commands/steer.h"
#include "operator/commands/stores.h"
#include "operator/commands/top.h"
#include "operator/commands/verify.h"
#include "operator/commands/wait.h"
#include "worker/contract/exit_code.h"

int main(int argc, char** argv) {
  CLI::App app{"Datasets, pipelines and GPU training as Kubernetes resources", "visionops"};
  const visionops::cli::ProgramFacts facts{VISIONOPS_VERSION,
                                           visionops::cli::exit_statuses_of(visionops::contract::exit_code_table()),
                                           visionops::commands::resource_completions};
  app.require_subcommand(1);
  app.footer("Start with:  visionops run -f samples/quickstart");
  int exit_code = 0;
  namespace commands = visionops::commands;
  commands::add_init(app, exit_code);
  commands::add_run(app, exit_code);
  commands::add_apply(app, exit_code);
  commands::add_validate(app, exit_code);
  commands::add_diff(app, exit_code);
  commands::add_get(app, exit_code);
  commands::add_describe(app, exit_code);
  commands::add_logs(app, exit_code);
  commands::add_events(app, exit_code);
  commands::add_wait(app, exit_code);
  commands::add_top(app, exit_code);
  commands::add_steer(app, exit_code);
  commands::add_delete(app, exit_code);
  commands::add_explain(app, exit_code);
  commands::add_stores(app, exit_code);
  commands::add_runtimes(app, exit_code);
  commands::add_models(app, exit_code);
  commands::add_verify(app, exit_code);
  commands::add_repair(app, exit_code);
  commands::add_operator(app, exit_code);
  commands::add_sql(app, exit_code);
  visionops::cli::add_completion(app, exit_code);
  visionops::cli::add_man(app, facts, exit_code);
  return visionops::cli::run_program(app, argc, argv, facts, exit_code);
}
