#include "worker/commands/run_spec_input.h"

#include <cstdlib>

namespace visionops::commands {

Result<contract::RunSpec> read_run_spec() {
  const char* text = std::getenv(contract::kRunEnv);
  if (text == nullptr || *text == '\0')
    return invalid_error(std::string("no run given: ") + contract::kRunEnv + " is not set");
  Problems problems;
  auto spec = contract::decode_run_spec(text, problems);
  if (!problems.empty()) return invalid_error("run spec: " + describe(problems));
  return spec;
}

}  // namespace visionops::commands
