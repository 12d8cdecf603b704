#include "worker/exec/framework_command.h"

#include <cstdio>
#include <map>
#include <string>
#include <utility>

#include "worker/contract/secret_variables.h"
#include "worker/exec/process/environment.h"

namespace visionops::exec {

namespace {

using contract::WordValues;

void set_if_any(WordValues& values, const char* name, const std::string& value) {
  if (!value.empty()) values[name] = value;
}

WordValues values_of(const contract::FrameworkRun& run, const contract::PreparedRun& prepared,
                     const std::filesystem::path& job) {
  WordValues values = run.values;
  set_if_any(values, contract::kDataName, prepared.data);
  set_if_any(values, contract::kCheckpointName, prepared.checkpoint);
  set_if_any(values, contract::kWeightsName, prepared.weights);
  values[contract::kJobName] = job.string();
  if (prepared.classes > 0) values[contract::kClassesName] = std::to_string(prepared.classes);
  return values;
}

std::map<std::string, std::string> filled(const std::map<std::string, std::string>& texts, const WordValues& values) {
  std::map<std::string, std::string> out;
  for (const auto& [name, text] : texts) {
    if (auto value = contract::fill_text(text, values)) out[name] = *std::move(value);
  }
  return out;
}

bool goes_on(const contract::FrameworkRun& run, const contract::PreparedRun& prepared) {
  return !prepared.checkpoint.empty() && !run.resume_command.empty();
}

}  // namespace

Result<Command> framework_command(const contract::FrameworkRun& run, const contract::PreparedRun& prepared,
                                  const std::filesystem::path& job, char** inherited) {
  auto values = values_of(run, prepared, job);
  auto environment = trainer_environment(inherited, filled(run.environment, values));
  for (const auto& name : environment.left_out) {
    std::fprintf(stderr, "visionops-exec: variable %s of a Secret is left out: a trainer takes %s\n", name.c_str(),
                 contract::kCredentialWords);
  }
  for (const char* name : {"python", "python3"}) {
    if (auto python = find_program(name, environment.variables, "")) values[contract::kPythonName] = *std::move(python);
  }
  Command out;
  out.words = contract::fill_words(goes_on(run, prepared) ? run.resume_command : run.command, values);
  if (out.words.empty()) return invalid_error("train.framework.command: no word of it is left");
  out.environment = std::move(environment.variables);
  out.folder = job.string();
  auto program = find_program(out.words.front(), out.environment, out.folder);
  if (!program) return program.error();
  out.program = *std::move(program);
  return out;
}

}  // namespace visionops::exec
