// A program in a process group of its own, with its two streams.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/posix/file_descriptor.h"
#include "base/result.h"

namespace visionops::exec {

struct Command {
  std::string program;                   ///< path of the file
  std::vector<std::string> words;        ///< the first is what the program is told that it is called
  std::vector<std::string> environment;  ///< NAME=VALUE
  std::string folder;                    ///< that it is started in; empty: this one
};

struct Child {
  pid_t pid = -1;
  FileDescriptor out;
  FileDescriptor err;
};

/// As from a shell: every signal has its default disposition again and none is blocked (Python installs no handler for
/// a SIGINT that it inherits as ignored). Invalid, with the reason: the program cannot be executed. Before any thread
/// is started.
Result<Child> start_child(const Command& command);

/// Of the variable PATH in `environment`, or `name` itself where it has a slash, seen from `folder`; NotFound names
/// where it was looked for.
Result<std::string> find_program(const std::string& name, const std::vector<std::string>& environment,
                                 const std::string& folder);

}  // namespace visionops::exec
