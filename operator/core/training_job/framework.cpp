#include "operator/core/training_job/framework.h"

#include <algorithm>
#include <map>

#include "base/json.h"
#include "base/quantity.h"
#include "base/text.h"
#include "operator/core/reasons.h"
#include "operator/runtimes/framework_run_of.h"
#include "operator/runtimes/framework_words.h"

namespace visionops::core {

namespace {

Refusal invalid(std::string message) { return {std::string(reason::kInvalidSpec), std::move(message)}; }

Json extra_settings(const api::TrainingJobSpec& spec) {
  if (!spec.hyperparameters || spec.hyperparameters->extra.json.empty()) return Json::object();
  auto json = parse_json(spec.hyperparameters->extra.json);
  return json && json->is_object() ? *std::move(json) : Json::object();
}

/// As it stands in a command; nullopt for a list or a mapping, which no command has a place for.
std::optional<std::string> word_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_structured() || value.is_null()) return std::nullopt;
  return dump_json(value);
}

std::optional<Refusal> refuse_extra_words(const api::TrainingJobSpec& spec, const runtimes::Runtime& runtime) {
  const Json extra = extra_settings(spec);
  for (const auto& [name, value] : extra.items()) {
    const std::string field = "spec.hyperparameters.extra." + name + ": ";
    if (auto why = runtimes::extra_problem(runtime, name); !why.empty()) return invalid(field + why);
    if (!word_of(value)) return invalid(field + "must be a text, a number or true or false");
  }
  return std::nullopt;
}

bool allows(const std::string& allowed, const std::string& image) {
  if (!allowed.ends_with('*')) return allowed == image;
  return image.starts_with(std::string_view(allowed).substr(0, allowed.size() - 1));
}

std::optional<Refusal> refuse_image(const api::TrainingJobSpec& spec, const runtimes::Runtime& runtime,
                                    const Platform& platform) {
  if (spec.image.empty()) {
    if (!runtime.own_command || platform.one_machine) return std::nullopt;
    return invalid("spec.image: runtime " + runtime.name + " needs one");
  }
  if (!runtime.own_command) {
    return invalid("spec.image: runtime " + runtime.name + " has its own image; spec.runtime: custom takes any");
  }
  const auto allowed = [&](const std::string& pattern) { return allows(pattern, spec.image); };
  if (platform.one_machine || std::ranges::any_of(platform.allowed_images, allowed)) return std::nullopt;
  return invalid("spec.image: the administrator does not allow " + spec.image + " (images.allowed: " +
                 (platform.allowed_images.empty() ? "none" : join(platform.allowed_images)) + ")");
}

std::optional<Refusal> refuse_command(const api::TrainingJobSpec& spec, const runtimes::Runtime& runtime) {
  if (spec.command.empty()) {
    if (!runtime.own_command) return std::nullopt;
    return invalid("spec.command: runtime " + runtime.name + " has none of its own");
  }
  for (std::size_t i = 0; i < spec.command.size(); ++i) {
    for (const auto& name : runtimes::names_in(spec.command[i])) {
      if (runtimes::is_known_word(name)) continue;
      return invalid("spec.command[" + std::to_string(i) + "]: nothing is called {" + name + "}");
    }
  }
  return std::nullopt;
}

/// The fields that only frameworks take.
std::optional<Refusal> refuse_for_the_trainer(const api::TrainingJobSpec& spec, const runtimes::Runtime& runtime) {
  const std::pair<bool, const char*> fields[] = {{!spec.image.empty(), "image"},
                                                 {!spec.command.empty(), "command"},
                                                 {spec.weights.has_value(), "weights"},
                                                 {!spec.allow_loss.empty(), "allowLoss"}};
  for (const auto& [given, name] : fields) {
    if (given) return invalid(std::string("spec.") + name + ": runtime " + runtime.name + " does not take it");
  }
  return std::nullopt;
}

template <class T>
void set_text(std::map<std::string, std::string>& out, const char* name, const std::optional<T>& value) {
  if (value) out[name] = dump_json(Json(*value));
}

std::map<std::string, std::string> texts_of(const api::Hyperparameters& h) {
  std::map<std::string, std::string> out;
  set_text(out, "epochs", h.epochs);
  set_text(out, "batchSize", h.batch_size);
  set_text(out, "learningRate", h.learning_rate);
  set_text(out, "weightDecay", h.weight_decay);
  set_text(out, "warmupEpochs", h.warmup_epochs);
  set_text(out, "imageSize", h.image_size);
  set_text(out, "seed", h.seed);
  return out;
}

template <class T>
void set_default(std::optional<T>& value, const std::map<std::string, std::string>& defaults, const char* name) {
  const auto it = defaults.find(name);
  if (value || it == defaults.end()) return;
  if (const auto number = parse_json(it->second); number && number->is_number()) value = number->get<T>();
}

/// What a task does not learn is told when it goes, and stops nothing: the Dataset keeps it.
std::vector<LossKind> allowed_losses(const api::TrainingJobSpec& spec) {
  auto out = spec.allow_loss;
  if (spec.task == Task::Detection || spec.task == Task::Segmentation) {
    out.insert(out.end(), {LossKind::Keypoints, LossKind::Attributes});
  }
  if (spec.task == Task::Detection) out.push_back(LossKind::Masks);
  std::ranges::sort(out);
  const auto [first, last] = std::ranges::unique(out);
  out.erase(first, last);
  return out;
}

std::string beside(const std::string& worker_image, const std::string& name) {
  const auto slash = worker_image.rfind('/');
  const auto tag = worker_image.find_first_of(":@", slash == std::string::npos ? 0 : slash);
  const std::string folder = slash == std::string::npos ? "" : worker_image.substr(0, slash + 1);
  // A digest is of the worker's image alone.
  const bool tagged = tag != std::string::npos && worker_image[tag] == ':';
  return folder + name + (tagged ? worker_image.substr(tag, worker_image.find('@', tag) - tag) : "");
}

}  // namespace

std::optional<Refusal> refuse_framework(const api::TrainingJobSpec& spec, const runtimes::Runtime& runtime,
                                        const Platform& platform) {
  if (!runtime.is_framework()) return refuse_for_the_trainer(spec, runtime);
  if (auto why = refuse_image(spec, runtime, platform)) return why;
  if (auto why = refuse_command(spec, runtime)) return why;
  if (auto why = refuse_extra_words(spec, runtime)) return why;
  if (!spec.early_stopping) return std::nullopt;
  return invalid("spec.earlyStopping: runtime " + runtime.name +
                 " decides by itself when to stop; its own settings go into spec.hyperparameters.extra");
}

api::Hyperparameters framework_hyperparameters(const api::TrainingJobSpec& spec, const runtimes::Runtime& runtime) {
  auto out = spec.hyperparameters.value_or(api::Hyperparameters{});
  const auto defaults =
      runtimes::default_hyperparameters(runtime, runtimes::find_model(runtime, spec.model, spec.task));
  set_default(out.epochs, defaults, "epochs");
  set_default(out.batch_size, defaults, "batchSize");
  set_default(out.learning_rate, defaults, "learningRate");
  set_default(out.weight_decay, defaults, "weightDecay");
  set_default(out.warmup_epochs, defaults, "warmupEpochs");
  set_default(out.image_size, defaults, "imageSize");
  set_default(out.seed, defaults, "seed");
  return out;
}

contract::FrameworkRun framework_run(const api::TrainingJobSpec& spec, const api::Hyperparameters& hyperparameters,
                                     const runtimes::Runtime& runtime) {
  runtimes::FrameworkWish wish;
  wish.model = spec.model;
  wish.task = spec.task;
  wish.hyperparameters = texts_of(hyperparameters);
  const Json extra = extra_settings(spec);
  for (const auto& [name, value] : extra.items()) wish.extra[name] = word_of(value).value_or("");
  if (spec.resources) {
    wish.gpus = spec.resources->gpus;
    wish.nodes = spec.resources->nodes;
    wish.cpus = parse_quantity(spec.resources->cpu).value_or(0);
  }
  wish.command = spec.command;
  auto run = runtimes::framework_run_of(runtime, wish);
  run.allow_loss = allowed_losses(spec);
  if (spec.weights) run.weights = contract::WeightsFile{spec.weights->store, spec.weights->path, spec.weights->sha256};
  return run;
}

std::string framework_image(const api::TrainingJobSpec& spec, const runtimes::Runtime& runtime,
                            const Platform& platform) {
  // One machine has no images: the programs are those of the environment that was installed for the runtime.
  if (platform.one_machine && runtime.own_command) return runtimes::laptop_image_of(runtime);
  if (!spec.image.empty()) return spec.image;
  constexpr std::string_view kPlace = "{name}";
  const auto name = runtimes::image_of(runtime);
  if (name.empty()) return platform.worker_image;
  const auto at = platform.runtime_images.find(kPlace);
  if (at == std::string::npos) return beside(platform.worker_image, name);
  auto image = platform.runtime_images;
  return image.replace(at, kPlace.size(), runtime.name);
}

}  // namespace visionops::core
