#include "worker/commands/run_spec_input.h"

#include <cstdlib>

#include "base/posix/small_files.h"
#include "worker/contract/run_variables.h"

namespace visionops::commands {

namespace {

constexpr std::size_t kMaxSpecBytes = std::size_t{16} << 20;

Result<std::string> spec_text(const std::string& file) {
  if (!file.empty()) return read_file(file, kMaxSpecBytes);
  auto text = contract::run_text([](const char* name) -> const char* { return std::getenv(name); });
  if (text.empty()) return invalid_error(std::string("no run given: ") + contract::kRunEnv + " is not set");
  return text;
}

}  // namespace

Result<contract::RunSpec> read_run_spec(const std::string& file) {
  const auto text = spec_text(file);
  if (!text) return text.error();
  Problems problems;
  auto spec = contract::decode_run_spec(*text, problems);
  if (!problems.empty()) return invalid_error("run spec: " + describe(problems));
  return spec;
}

}  // namespace visionops::commands
