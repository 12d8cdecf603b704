#include "worker/commands/run_spec_input.h"

#include <cstdlib>

#include "worker/contract/run_variables.h"

namespace visionops::commands {

Result<contract::RunSpec> read_run_spec() {
  const std::string text = contract::run_text([](const char* name) -> const char* { return std::getenv(name); });
  if (text.empty()) return invalid_error(std::string("no run given: ") + contract::kRunEnv + " is not set");
  Problems problems;
  auto spec = contract::decode_run_spec(text, problems);
  if (!problems.empty()) return invalid_error("run spec: " + describe(problems));
  return spec;
}

}  // namespace visionops::commands
