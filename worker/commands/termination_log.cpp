#include "worker/commands/termination_log.h"

#include <fcntl.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/posix/file_descriptor.h"
#include "base/posix/write_all.h"
#include "worker/commands/run_spec_input.h"

namespace visionops::commands {

void write_termination_log(contract::RunResult result) {
  if (const auto spec = read_run_spec()) result.identity = spec->owner.identity;
  const char* named = std::getenv(contract::kTerminationLogEnv);
  const std::string path = named && *named ? named : "/dev/termination-log";
  // Only a path that was asked for is created: /dev of a host is none of our business.
  const int flags = O_WRONLY | O_TRUNC | O_CLOEXEC | (named && *named ? O_CREAT : 0);
  const FileDescriptor file(::open(path.c_str(), flags, 0644));
  if (!file) {
    if (errno != ENOENT) std::fprintf(stderr, "%s: %s\n", path.c_str(), std::strerror(errno));
    return;
  }
  if (!write_all(file.get(), contract::encode(result))) {
    std::fprintf(stderr, "%s: the result could not be written: %s\n", path.c_str(), std::strerror(errno));
  }
}

}  // namespace visionops::commands
