// The subcommands of visionops-worker, a file each. add_X registers X; when it is called on the command
// line, its exit code (contract/exit_code.h) is stored in `exit_code`, which must outlive the parse.
#pragma once

namespace CLI {
class App;
}

namespace visionops::commands {

void add_convert(CLI::App& app, int& exit_code);
void add_inspect(CLI::App& app, int& exit_code);
void add_inspect_run(CLI::App& app, int& exit_code);
void add_pipeline(CLI::App& app, int& exit_code);
void add_prepare(CLI::App& app, int& exit_code);
void add_remove_run(CLI::App& app, int& exit_code);
void add_verify(CLI::App& app, int& exit_code);

}  // namespace visionops::commands
