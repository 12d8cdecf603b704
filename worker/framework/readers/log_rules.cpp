#include "worker/framework/readers/log_rules.h"

#include <re2/re2.h>

#include <optional>

#include "worker/framework/lines/expressions.h"
#include "worker/framework/lines/numbers.h"
#include "worker/framework/lines/plain_line.h"

namespace visionops::framework {

namespace {

using re2::RE2;
using re2::StringPiece;

std::string_view view(const StringPiece& piece) { return {piece.data(), piece.size()}; }

struct Rule {
  contract::LogRule words;
  std::unique_ptr<RE2> match;
  std::unique_ptr<RE2> pairs;  ///< null: none
  int name_group = 0;
  int value_group = 0;
};

Result<Rule> compile(const contract::LogRule& words) {
  Rule rule{words, nullptr, nullptr};
  auto match = compile_expression(words.match);
  if (!match) return match.error().in("match");
  rule.match = std::move(*match);
  if (words.pairs.empty()) return rule;
  auto pairs = compile_expression(words.pairs);
  if (!pairs) return pairs.error().in("pairs");
  rule.pairs = std::move(*pairs);
  const auto& groups = rule.pairs->NamedCapturingGroups();
  if (!groups.contains("name") || !groups.contains("value")) {
    return invalid_error("pairs: the expression needs the groups name and value");
  }
  rule.name_group = groups.at("name");
  rule.value_group = groups.at("value");
  return rule;
}

std::optional<std::int64_t> whole(const RE2& expression, const std::vector<StringPiece>& groups, const char* name) {
  const auto& names = expression.NamedCapturingGroups();
  const auto at = names.find(name);
  if (at == names.end()) return std::nullopt;
  return whole_number_of(trimmed(view(groups[static_cast<std::size_t>(at->second)])));
}

bool is_place(const std::string& name) {
  return name == "epoch" || name == "epochs" || name == "step" || name == "steps";
}

void tell_place(const Rule& rule, const std::vector<StringPiece>& groups, Story& story) {
  const std::int64_t shift = 1 - rule.words.first_epoch;
  if (const auto epochs = whole(*rule.match, groups, "epochs")) story.say_epochs(*epochs);
  const auto epoch = whole(*rule.match, groups, "epoch");
  if (epoch) story.at_epoch(*epoch + shift);
  const auto step = whole(*rule.match, groups, "step");
  const auto steps = whole(*rule.match, groups, "steps");
  if (!step) return;
  // Beside an epoch the steps are those of the epoch.
  if (epoch && steps) {
    story.within_epoch(*step, *steps);
  } else {
    story.at_step(*step, steps.value_or(0));
  }
}

void tell_pairs(const Rule& rule, StringPiece rest, Story& story) {
  std::vector<StringPiece> groups(static_cast<std::size_t>(rule.pairs->NumberOfCapturingGroups()) + 1);
  while (rule.pairs->Match(rest, 0, rest.size(), RE2::UNANCHORED, groups.data(), static_cast<int>(groups.size()))) {
    const auto name = trimmed(view(groups[static_cast<std::size_t>(rule.name_group)]));
    const auto value = number_of(trimmed(view(groups[static_cast<std::size_t>(rule.value_group)])));
    if (value && !name.empty()) story.metric(rule.words.prefix + std::string(name), *value);
    const auto used = static_cast<std::size_t>(groups[0].end() - rest.begin());
    rest.remove_prefix(std::max<std::size_t>(used, 1));
  }
}

bool tell(const Rule& rule, std::string_view line, Story& story) {
  const StringPiece text(line.data(), line.size());
  std::vector<StringPiece> groups(static_cast<std::size_t>(rule.match->NumberOfCapturingGroups()) + 1);
  if (!rule.match->Match(text, 0, text.size(), RE2::UNANCHORED, groups.data(), static_cast<int>(groups.size()))) {
    return false;
  }
  tell_place(rule, groups, story);
  for (const auto& [name, index] : rule.match->NamedCapturingGroups()) {
    const auto value = number_of(trimmed(view(groups[static_cast<std::size_t>(index)])));
    if (value && !is_place(name)) story.metric(rule.words.prefix + name, *value);
  }
  if (rule.pairs) tell_pairs(rule, text.substr(static_cast<std::size_t>(groups[0].end() - text.begin())), story);
  story.claim();
  return true;
}

}  // namespace

struct LogRules::State {
  std::vector<Rule> rules;
  std::unique_ptr<RE2> finished;
  std::vector<std::string> words;
};

LogRules::LogRules(std::unique_ptr<State> state) : state_(std::move(state)) {}
LogRules::LogRules(LogRules&&) noexcept = default;
LogRules& LogRules::operator=(LogRules&&) noexcept = default;
LogRules::~LogRules() = default;

Result<LogRules> LogRules::make(const std::vector<contract::LogRule>& rules, const std::string& finished) {
  auto state = std::make_unique<State>();
  std::vector<std::string> expressions;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    auto rule = compile(rules[i]);
    if (!rule) return rule.error().in("reading.logRules[" + std::to_string(i) + "]");
    state->rules.push_back(std::move(*rule));
    expressions.push_back(rules[i].match);
  }
  if (!finished.empty()) {
    auto compiled = compile_expression(finished);
    if (!compiled) return compiled.error().in("reading.finished");
    state->finished = std::move(*compiled);
    expressions.push_back(finished);
  }
  state->words = words_of_expressions(expressions);
  return LogRules(std::move(state));
}

const std::vector<std::string>& LogRules::words() const { return state_->words; }

bool LogRules::read(std::string_view line, Story& story) const {
  const StringPiece text(line.data(), line.size());
  if (state_->finished && RE2::PartialMatch(text, *state_->finished)) {
    story.claim();
    story.say_finished();
  }
  for (const auto& rule : state_->rules) {
    if (tell(rule, line, story)) return true;
  }
  return false;
}

}  // namespace visionops::framework
