#include "worker/exec/by_hand.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include "base/posix/small_files.h"
#include "worker/contract/exit_code.h"
#include "worker/exec/process/child.h"
#include "worker/exec/process/console.h"
#include "worker/exec/process/environment.h"
#include "worker/exec/process/log_file.h"
#include "worker/exec/run_environment.h"
#include "worker/storage/beneath/new_file.h"

namespace visionops::exec {

namespace {

constexpr const char* kProgram = "visionops-exec";
constexpr std::size_t kMostProgramBytes = std::size_t{64} << 20;

Result<Child> start(const std::vector<std::string>& words) {
  Command command;
  command.words = words;
  command.environment = trainer_environment(environ, {}).variables;
  auto program = find_program(words.front(), command.environment, "");
  if (!program) return program.error();
  command.program = *std::move(program);
  return start_child(command);
}

}  // namespace

int stand_by_command(const std::vector<std::string>& words, const std::filesystem::path& folder, Watch bounds,
                     const Signals& signals, const Clock& clock) {
  auto child = start(words);
  if (!child) {
    std::fprintf(stderr, "visionops-exec: %s\n", child.error().message.c_str());
    return static_cast<int>(contract::ExitCode::ProgramMissing);
  }
  Console console(STDOUT_FILENO, STDERR_FILENO);
  LogFile log(folder);
  SignsOfLife life;
  bounds.output = [&](int stream, std::string_view bytes, TimePoint at) {
    console.put(stream, bytes, at);
    log.put(stream, bytes, at);
  };
  const auto ending = stand_by(*std::move(child), signals, bounds, life, clock);
  log.finish();
  console.finish(kConsolePatience);
  if (!folder.empty()) write_exit_record(folder, ending);
  return ending.status();
}

Status install_into(const std::filesystem::path& folder) {
  const auto bytes = read_file("/proc/self/exe", kMostProgramBytes);
  if (!bytes) return bytes.error();
  if (auto made = make_folders(folder); !made) return made;
  const auto root = open_file(folder, O_RDONLY | O_DIRECTORY);
  if (!root) return root.error();
  auto file = storage::NewFile::create(root->get(), (folder / kProgram).string());
  if (!file) return file.error();
  if (auto status = file->append(*bytes); !status) return status;
  if (::fchmod(file->fd(), 0755) != 0) return system_error("cannot make executable", folder / kProgram);
  return file->place(kProgram, /*replace=*/true);
}

}  // namespace visionops::exec
