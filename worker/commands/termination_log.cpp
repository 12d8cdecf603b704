#include "worker/commands/termination_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "worker/commands/run_spec_input.h"

namespace visionops::commands {

void write_termination_log(contract::RunResult result) {
  if (const auto spec = read_run_spec()) result.identity = spec->owner.identity;
  const char* named = std::getenv(contract::kTerminationLogEnv);
  const std::string path = named && *named ? named : "/dev/termination-log";
  // Only a path that was asked for is created: /dev of a host is none of our business.
  const int flags = O_WRONLY | O_TRUNC | O_CLOEXEC | (named && *named ? O_CREAT : 0);
  const int file = ::open(path.c_str(), flags, 0644);
  if (file < 0) {
    if (errno != ENOENT) std::fprintf(stderr, "%s: %s\n", path.c_str(), std::strerror(errno));
    return;
  }
  const std::string text = contract::encode(result);
  if (::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    std::fprintf(stderr, "%s: the result could not be written: %s\n", path.c_str(), std::strerror(errno));
  }
  ::close(file);
}

}  // namespace visionops::commands
