#include "worker/framework/checkpoints/checkpoint_names.h"

#include <re2/re2.h>

#include <algorithm>

#include "worker/framework/checkpoints/path_pattern.h"
#include "worker/framework/lines/expressions.h"
#include "worker/framework/lines/numbers.h"

namespace visionops::framework {

namespace {

using re2::RE2;
using re2::StringPiece;

/// The group of that name in the path; -1: the expression has no such group, or it is empty.
std::int64_t group_of(const RE2& expression, const char* name, std::string_view path) {
  const auto& names = expression.NamedCapturingGroups();
  const auto at = names.find(name);
  if (at == names.end()) return -1;
  std::vector<StringPiece> groups(static_cast<std::size_t>(expression.NumberOfCapturingGroups()) + 1);
  const StringPiece text(path.data(), path.size());
  if (!expression.Match(text, 0, text.size(), RE2::UNANCHORED, groups.data(), static_cast<int>(groups.size())))
    return -1;
  const auto& group = groups[static_cast<std::size_t>(at->second)];
  return whole_number_of({group.data(), group.size()}).value_or(-1);
}

std::int32_t epoch_from(std::int64_t epoch, std::int32_t first) {
  return epoch < 0 ? 0 : static_cast<std::int32_t>(std::min<std::int64_t>(epoch, 1'000'000'000)) + 1 - first;
}

}  // namespace

struct CheckpointNames::State {
  std::vector<contract::CheckpointRule> rules;
  std::vector<std::unique_ptr<RE2>> epochs;  ///< null: the path does not say
};

CheckpointNames::CheckpointNames(std::unique_ptr<State> state) : state_(std::move(state)) {}
CheckpointNames::CheckpointNames(CheckpointNames&&) noexcept = default;
CheckpointNames& CheckpointNames::operator=(CheckpointNames&&) noexcept = default;
CheckpointNames::~CheckpointNames() = default;

Result<CheckpointNames> CheckpointNames::make(std::vector<contract::CheckpointRule> rules) {
  auto state = std::make_unique<State>();
  for (const auto& rule : rules) {
    if (rule.epoch.empty()) {
      state->epochs.push_back(nullptr);
      continue;
    }
    auto expression = compile_expression(rule.epoch);
    if (!expression) return expression.error().in("reading.checkpoints: epoch of " + rule.path);
    const auto& groups = (*expression)->NamedCapturingGroups();
    if (!groups.contains("epoch") && !groups.contains("step")) {
      return invalid_error("reading.checkpoints: epoch of " + rule.path + " needs a group epoch or step");
    }
    state->epochs.push_back(std::move(*expression));
  }
  state->rules = std::move(rules);
  return CheckpointNames(std::move(state));
}

std::optional<CheckpointName> CheckpointNames::read(std::string_view path) const {
  const auto& rules = state_->rules;
  const auto rule = std::find_if(rules.begin(), rules.end(), [&](const auto& r) { return matches(r.path, path); });
  if (rule == rules.end()) return std::nullopt;
  CheckpointName name;
  name.rule = static_cast<std::size_t>(rule - rules.begin());
  const auto& expression = state_->epochs[name.rule];
  if (!expression) return name;
  name.epoch = epoch_from(group_of(*expression, "epoch", path), rule->first_epoch);
  name.step = std::max<std::int64_t>(group_of(*expression, "step", path), 0);
  return name;
}

const std::vector<contract::CheckpointRule>& CheckpointNames::rules() const { return state_->rules; }

}  // namespace visionops::framework
