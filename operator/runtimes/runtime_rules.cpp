#include "operator/runtimes/runtime_rules.h"

#include <algorithm>
#include <cmath>
#include <regex>

#include "base/fields/text_pattern.h"
#include "base/text.h"
#include "operator/runtimes/framework_words.h"
#include "worker/contract/failure_class.h"

namespace visionops::runtimes {
namespace {

std::string at(const std::string& list, std::size_t place) { return list + "[" + std::to_string(place) + "]"; }

void check_words(const std::string& path, const std::string& text, Problems& problems) {
  for (const auto& name : names_in(text)) {
    if (!is_known_word(name))
      return problems.push_back({path, "has {" + name + "}, which nothing is known of"});
  }
}

void check_texts(const std::string& path, const std::vector<std::string>& texts, Problems& problems) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto& text = texts[i];
    if (text.empty() || text.front() == ' ' || text.back() == ' ' || text.find("  ") != std::string::npos) {
      problems.push_back({at(path, i), "must be words with single spaces between them"});
    } else {
      check_words(at(path, i), text, problems);
    }
  }
}

void check_kind(const Runtime& runtime, Problems& problems) {
  if (!runtime.is_framework()) {
    if (runtime.command.empty()) problems.push_back({"command", "is required"});
    if (!runtime.resume.empty()) problems.push_back({"resume", "needs run"});
    return;
  }
  if (!runtime.command.empty()) problems.push_back({"command", "is of the platform's own trainer, and run of another"});
  if (runtime.own_command && !runtime.run.empty())
    problems.push_back({"run", "is the TrainingJob's own with ownCommand"});
  if (runtime.models.empty()) problems.push_back({"models", "is required"});
  if (runtime.tasks.empty()) problems.push_back({"tasks", "is required"});
}

void check_commands(const Runtime& runtime, Problems& problems) {
  check_texts("run", runtime.run, problems);
  check_texts("resume", runtime.resume, problems);
  const bool goes_on = std::ranges::any_of(
      runtime.resume, [](const std::string& text) { return text.find("{checkpoint}") != std::string::npos; });
  if (!runtime.resume.empty() && !goes_on) problems.push_back({"resume", "must name {checkpoint}"});
  for (const auto& [name, text] : runtime.environment) check_words("environment." + name, text, problems);
  const auto& extra = runtime.extra;
  if (extra.empty() && !runtime.extra_defaults.empty()) problems.push_back({"extraDefaults", "needs extra"});
  if (extra.empty()) return;
  if (extra.find("{name}") == std::string::npos || extra.find("{value}") == std::string::npos)
    problems.push_back({"extra", "must have {name} and {value}"});
}

void check_tasks(const Runtime& runtime, Problems& problems) {
  for (const auto& [name, task] : runtime.tasks) {
    if (!parse_enum<Task>(name)) problems.push_back({"tasks." + name, "is no task"});
  }
}

void check_pattern(const std::string& path, const Model& model, Problems& problems) {
  if (model.pattern.empty()) {
    if (!model.examples.empty()) problems.push_back({path + ".examples", "are of a pattern"});
    return;
  }
  try {
    const TextPattern pattern(model.pattern);
    for (std::size_t i = 0; i < model.examples.size(); ++i) {
      if (!pattern.matches(model.examples[i]))
        problems.push_back({at(path + ".examples", i), "does not match the pattern"});
    }
  } catch (const std::regex_error&) {
    problems.push_back({path + ".pattern", "is no regular expression"});
  }
}

void check_models(const Runtime& runtime, Problems& problems) {
  for (std::size_t i = 0; i < runtime.models.size(); ++i) {
    const auto& model = runtime.models[i];
    const auto path = at("models", i);
    if (model.best_metric.empty()) problems.push_back({path + ".bestMetric", "is required: its first task has none"});
    check_pattern(path, model, problems);
    if (!runtime.is_framework()) continue;
    for (std::size_t k = 0; k < model.tasks.size(); ++k) {
      const auto name = std::string(enum_name(model.tasks[k]));
      if (!runtime.tasks.contains(name)) problems.push_back({at(path + ".tasks", k), name + " is not among tasks"});
    }
  }
}

void check_defaults(const Runtime& runtime, Problems& problems) {
  const auto known = hyperparameter_names();
  for (const auto& [name, value] : runtime.defaults) {
    const bool fraction = name == "learningRate" || name == "weightDecay" || name == "warmupEpochs";
    if (std::ranges::find(known, name) == known.end()) {
      problems.push_back({"defaults." + name, "is not one of " + join(known)});
    } else if (!std::isfinite(value) || value < 0 || (!fraction && std::floor(value) != value)) {
      problems.push_back({"defaults." + name, fraction ? "must not be negative" : "must be a whole number"});
    }
  }
}

void check_failures(const Runtime& runtime, Problems& problems) {
  for (std::size_t i = 0; i < runtime.reading.failures.size(); ++i) {
    const auto& name = runtime.reading.failures[i].failure_class;
    if (!parse_enum<contract::FailureClass>(name))
      problems.push_back({at("reading.failures", i) + ".class", "\"" + name + "\" is no failure class"});
  }
}

}  // namespace

Problems broken_rules(const Runtime& runtime) {
  Problems problems;
  check_kind(runtime, problems);
  check_commands(runtime, problems);
  check_tasks(runtime, problems);
  check_models(runtime, problems);
  check_defaults(runtime, problems);
  check_failures(runtime, problems);
  return problems;
}

}  // namespace visionops::runtimes
