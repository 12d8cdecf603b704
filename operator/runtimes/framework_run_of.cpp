#include "operator/runtimes/framework_run_of.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>

#include "operator/runtimes/framework_words.h"

namespace visionops::runtimes {
namespace {

/// The shortest text that reads back as the same number: "30", "0.001".
std::string number_text(double value) {
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (std::floor(value) == value && std::abs(value) <= kExact) return std::to_string(static_cast<std::int64_t>(value));
  std::string out(32, '\0');
  for (int digits = 1; digits <= 17; ++digits) {
    const int length = std::snprintf(out.data(), out.size(), "%.*g", digits, value);
    if (std::stod(out) == value) return out.substr(0, static_cast<std::size_t>(length));
  }
  return out.substr(0, out.find('\0'));
}

/// "cpu", "0", "0,1".
std::string device_text(std::int32_t gpus) {
  if (gpus <= 0) return "cpu";
  std::string out = "0";
  for (std::int32_t i = 1; i < gpus; ++i) out += "," + std::to_string(i);
  return out;
}

std::string replaced(std::string text, std::string_view name, const std::string& by) {
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + by.size())) {
    text.replace(at, name.size(), by);
  }
  return text;
}

std::string word_of(const Runtime& runtime, Task task) {
  const auto it = runtime.tasks.find(std::string(enum_name(task)));
  return it == runtime.tasks.end() ? std::string{} : it->second.word;
}

std::string layout_of(const Runtime& runtime, Task task) {
  const auto it = runtime.tasks.find(std::string(enum_name(task)));
  return it == runtime.tasks.end() ? std::string{} : it->second.layout;
}

std::map<std::string, std::string> values_of(const Runtime& runtime, const FrameworkWish& wish) {
  auto values = wish.hyperparameters;
  values.merge(default_hyperparameters(runtime, find_model(runtime, wish.model, wish.task)));
  values["model"] = wish.model;
  if (auto word = word_of(runtime, wish.task); !word.empty()) values["task"] = std::move(word);
  values["gpus"] = std::to_string(wish.gpus);
  values["nodes"] = std::to_string(wish.nodes);
  values["device"] = device_text(wish.gpus);
  return values;
}

/// A value travels beside the command ({extra1}), so that its spaces and braces stay what they are.
void add_extra(const Runtime& runtime, const FrameworkWish& wish, contract::FrameworkRun& run) {
  auto settings = wish.extra;
  settings.insert(runtime.extra_defaults.begin(), runtime.extra_defaults.end());
  for (const auto& [name, value] : settings) {
    const std::string place = "extra" + std::to_string(run.values.size());
    const auto text = replaced(replaced(runtime.extra, "{name}", name), "{value}", "{" + place + "}");
    run.values[place] = value;
    run.command.push_back(text);
    if (!run.resume_command.empty()) run.resume_command.push_back(text);
  }
}

void set_own_command(const FrameworkWish& wish, contract::FrameworkRun& run) {
  for (const auto& word : wish.command) run.command.push_back(as_one_word(word));
  run.resume_command = run.command;
  for (const auto& [name, text] : literal_words()) run.values[name] = text;
}

bool is_setting_name(const std::string& name) {
  const auto fits = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
  };
  return !name.empty() && name.front() != '-' && std::ranges::all_of(name, fits);
}

/// Whether a word of the texts begins with "lr0=", or "--lr " is one of them.
bool is_in(const std::vector<std::string>& texts, const std::string& written) {
  return std::ranges::any_of(
      texts, [&](const std::string& text) { return (" " + text + " ").find(" " + written) != std::string::npos; });
}

}  // namespace

std::map<std::string, std::string> default_hyperparameters(const Runtime& runtime, const Model* model) {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : runtime.defaults) out[name] = number_text(value);
  if (model != nullptr && model->image_size > 0) out["imageSize"] = std::to_string(model->image_size);
  return out;
}

contract::FrameworkRun framework_run_of(const Runtime& runtime, const FrameworkWish& wish) {
  contract::FrameworkRun run;
  run.runtime = runtime.name;
  run.values = values_of(runtime, wish);
  run.environment = runtime.environment;
  run.files = runtime.files;
  run.layout = layout_of(runtime, wish.task);
  run.reading = runtime.reading;
  if (runtime.own_command || !wish.command.empty()) {
    set_own_command(wish, run);
    return run;
  }
  run.command = runtime.run;
  run.resume_command = runtime.resume;
  add_extra(runtime, wish, run);
  return run;
}

std::string extra_problem(const Runtime& runtime, const std::string& name) {
  if (runtime.extra.empty()) return "runtime " + runtime.name + " takes no settings of its own";
  if (!is_setting_name(name)) return "must be letters, digits, '_', '-' and '.'";
  const auto written = replaced(runtime.extra.substr(0, runtime.extra.find("{value}")), "{name}", name);
  return is_in(runtime.run, written) || is_in(runtime.resume, written)
             ? "is set by the runtime itself, or by a field of hyperparameters"
             : "";
}

}  // namespace visionops::runtimes
