#include "operator/runtimes/framework_words.h"

#include <algorithm>
#include <array>

namespace visionops::runtimes {
namespace {

constexpr std::array<std::string_view, 7> kHyperparameters{"epochs",       "batchSize", "learningRate", "weightDecay",
                                                           "warmupEpochs", "imageSize", "seed"};
constexpr std::array<std::string_view, 11> kOthers{"model", "task",       "gpus",    "device",  "nodes", "data",
                                                   "job",   "checkpoint", "weights", "classes", "python"};

bool in_a_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// The name in braces that `text` begins with; empty when it begins with none.
std::string_view name_at_front(std::string_view text) {
  if (!text.starts_with('{')) return {};
  const auto end = std::ranges::find_if_not(text.substr(1), in_a_name);
  const auto length = static_cast<std::size_t>(end - text.begin()) - 1;
  return length > 0 && length + 1 < text.size() && *end == '}' ? text.substr(1, length) : std::string_view{};
}

}  // namespace

std::span<const std::string_view> hyperparameter_names() { return kHyperparameters; }

bool is_known_word(std::string_view name) {
  return std::ranges::find(kHyperparameters, name) != kHyperparameters.end() ||
         std::ranges::find(kOthers, name) != kOthers.end();
}

std::string as_one_word(std::string_view text) {
  if (text.empty()) return "{nothing}";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto name = name_at_front(text.substr(i));
    if (text[i] == ' ') {
      out += "{space}";
    } else if (text[i] == '{' && !is_known_word(name)) {
      out += "{open}";
    } else {
      out += text[i];
    }
  }
  return out;
}

const std::map<std::string, std::string>& literal_words() {
  static const std::map<std::string, std::string> words{{"space", " "}, {"open", "{"}, {"nothing", ""}};
  return words;
}

}  // namespace visionops::runtimes
