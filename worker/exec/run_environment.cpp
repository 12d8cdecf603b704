#include "worker/exec/run_environment.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/json.h"
#include "base/posix/file_descriptor.h"
#include "base/posix/small_files.h"
#include "base/posix/write_all.h"
#include "worker/contract/run_spec.h"
#include "worker/storage/beneath/new_file.h"

namespace visionops::exec {

namespace {

constexpr const char* kExitFile = "exit.json";
constexpr off_t kResultRoom = 4096;  // that a kubelet reads
constexpr std::int64_t kMostSeconds = 30LL * 24 * 3600;

Result<Duration> seconds_or(const char* name, Duration fallback) {
  const auto text = variable_or(name, "");
  if (text.empty()) return fallback;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size() || seconds < 0 || seconds > kMostSeconds) {
    return invalid_error(std::string(name) + ": \"" + text + "\" is no number of seconds from 0 to " +
                         std::to_string(kMostSeconds));
  }
  return Duration{seconds * 1000};
}

}  // namespace

std::string variable_or(const char* name, const char* fallback) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets any
  return value != nullptr && *value != '\0' ? value : fallback;
}

Result<Watch> read_bounds() {
  Watch out;
  const auto silence = seconds_or(kSilenceEnv, out.silence);
  if (!silence) return silence.error();
  const auto grace = seconds_or(kGraceEnv, out.grace);
  if (!grace) return grace.error();
  out.silence = *silence;
  out.grace = *grace;
  return out;
}

namespace {

struct TerminationLog {
  std::string path;
  bool named = false;  ///< by the variable; else a container runtime has mounted it, or has not
};

TerminationLog termination_log() {
  auto named = variable_or(contract::kTerminationLogEnv, "");
  return named.empty() ? TerminationLog{"/dev/termination-log", false} : TerminationLog{std::move(named), true};
}

/// Not truncated: that would give the room back.
FileDescriptor open_termination_log(const TerminationLog& log) {
  return FileDescriptor(::open(log.path.c_str(), O_WRONLY | O_CLOEXEC | (log.named ? O_CREAT : 0), 0644));
}

}  // namespace

void reserve_termination_log() {
  const auto file = open_termination_log(termination_log());
  // Where the file system cannot do it, nothing is worse than before.
  if (file) (void)::fallocate(file.get(), FALLOC_FL_KEEP_SIZE, 0, kResultRoom);
}

void write_termination_log(const contract::RunResult& result) {
  const auto log = termination_log();
  const auto file = open_termination_log(log);
  if (!file && errno == ENOENT) return;  // by hand
  const auto text = contract::encode(result);
  const bool written = file && write_all(file.get(), text);
  const bool cut = written && (::ftruncate(file.get(), static_cast<off_t>(text.size())) == 0 || errno == EINVAL);
  if (!cut) {  // EINVAL: it is a device
    std::fprintf(stderr, "visionops-exec: the result was not written to %s: %s\n", log.path.c_str(),
                 std::strerror(errno));
  }
}

void write_exit_record(const std::filesystem::path& folder, const Ending& ending) {
  const Json record{{"exitCode", ending.exit_code},
                    {"signal", ending.signal},
                    {"signalSent", ending.signal_sent},
                    {"hung", ending.hung},
                    {"killed", ending.killed},
                    {"heldPipe", ending.held_pipe},
                    {"oomKills", ending.oom_kills},
                    {"userSeconds", ending.user_seconds},
                    {"systemSeconds", ending.system_seconds},
                    {"maxResidentBytes", ending.most_memory_bytes},
                    {"startedAt", format_time_millis(ending.began)},
                    {"endedAt", format_time_millis(ending.ended)}};
  const auto root = open_file(folder, O_RDONLY | O_DIRECTORY);
  if (!root) return;  // it is a help for people; whatever is wrong with the folder is told elsewhere
  (void)storage::remove_temporaries(root->get());
  auto file = storage::NewFile::create(root->get(), kExitFile);
  if (file && file->append(dump_json(record) + "\n")) (void)file->place(kExitFile, /*replace=*/true);
}

}  // namespace visionops::exec
