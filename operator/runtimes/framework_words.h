// The words in braces that the texts of a runtime file may hold: "epochs={epochs}".
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "worker/contract/framework_words.h"

namespace visionops::runtimes {

/// Hyperparameters that every runtime can be given, as a TrainingJob names them.
std::span<const std::string_view> hyperparameter_names();

/// Whether a run has a value of this name, or can have one: a hyperparameter; what the run asks for (model, task, gpus,
/// device, nodes); what only its Pod knows (data, job, checkpoint, weights, classes, python).
bool is_known_word(std::string_view name);

/// The names of `text`, as the Pod will find them.
using contract::names_in;

/// `text` as one word that stands for itself but for the known names in it: what a user wrote may have spaces, and
/// braces of a shell. It is read with literal_words() among the values.
std::string as_one_word(std::string_view text);
/// {space}, {open}, {nothing}.
const std::map<std::string, std::string>& literal_words();

}  // namespace visionops::runtimes
