#include "worker/framework/failures/failure_notes.h"

#include <algorithm>

#include "worker/framework/lines/numbers.h"
#include "worker/framework/lines/plain_line.h"
#include "worker/framework/metric_health.h"

namespace visionops::framework {

namespace {

constexpr std::string_view kFailed = "failed (exitcode: ";
constexpr std::string_view kRoot = "Root Cause (first observed failure)";
constexpr std::string_view kMissingKeys = "There were missing keys in the checkpoint model loaded: [";
constexpr std::size_t kMostBuried = 64;
constexpr int kRootLines = 12;

Result<Expressions> general_expressions(Place place) {
  std::vector<std::string> all;
  for (const auto& rule : general_rules()) {
    if (place == Place::Raised || rule.place == place) all.emplace_back(rule.match);
  }
  return Expressions::make(all);
}

/// Indexes of the rules that match anywhere.
std::vector<std::size_t> anywhere_rules() {
  std::vector<std::size_t> indexes;
  for (std::size_t i = 0; i < general_rules().size(); ++i) {
    if (general_rules()[i].place == Place::Anywhere) indexes.push_back(i);
  }
  return indexes;
}

Result<Expressions> warning_expressions() {
  const auto rules = warning_rules();
  return Expressions::make({rules.begin(), rules.end()});
}

std::optional<int> number_behind(std::string_view text, std::string_view key) {
  const auto at = text.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  auto rest = text.substr(at + key.size());
  const auto colon = rest.find(':');
  if (!key.ends_with(' ') && colon != std::string_view::npos && colon < 12) rest = rest.substr(colon + 1);
  const auto number = leading_number(trimmed(rest));
  return number ? std::optional(static_cast<int>(number->value)) : std::nullopt;
}

}  // namespace

struct FailureNotes::Compiled {
  std::vector<Noted> own_words;
  Expressions own;
  Expressions all;       ///< every general rule: over exceptions
  Expressions anywhere;  ///< over lines
  std::vector<std::size_t> anywhere_index;
  Expressions warnings;
};

FailureNotes::FailureNotes(std::shared_ptr<const Compiled> compiled)
    : compiled_(std::move(compiled)),
      own_lines_(compiled_->own_words.size()),
      anywhere_lines_(compiled_->anywhere_index.size()) {}

Result<FailureNotes> FailureNotes::make(const std::vector<contract::FailureRule>& own) {
  std::vector<Noted> words;
  std::vector<std::string> expressions;
  for (const auto& rule : own) {
    const auto value = parse_enum<contract::FailureClass>(rule.failure_class);
    if (!value) return invalid_error("reading.failures: there is no class \"" + rule.failure_class + "\"");
    words.push_back({*value, {}, rule.hint});
    expressions.push_back(rule.match);
  }
  auto own_set = Expressions::make(expressions);
  if (!own_set) return own_set.error().in("reading.failures");
  auto all = general_expressions(Place::Raised);
  auto anywhere = general_expressions(Place::Anywhere);
  auto warnings = warning_expressions();
  for (const auto* set : {&all, &anywhere, &warnings}) {
    if (!*set) return set->error();
  }
  return FailureNotes(
      std::make_shared<const Compiled>(Compiled{std::move(words), std::move(*own_set), std::move(*all),
                                                std::move(*anywhere), anywhere_rules(), std::move(*warnings)}));
}

std::vector<std::string> FailureNotes::words() const {
  std::vector<std::string> words{std::string(kFailed), std::string(kRoot), std::string(kMissingKeys)};
  for (const auto& word : Tracebacks::words()) words.emplace_back(word);
  for (const auto* set : {&compiled_->own, &compiled_->anywhere, &compiled_->warnings}) {
    words.insert(words.end(), set->words().begin(), set->words().end());
  }
  return words;
}

void FailureNotes::take(std::string_view whole, std::string_view text, int rank, bool began) {
  ++order_;
  tracebacks_.take(whole, text, rank, order_);
  bury(text);
  root_cause(text);
  resume(text, began);
  for (const auto i : compiled_->own.matches(text)) own_lines_[i] = evidence_of(whole);
  for (const auto i : compiled_->anywhere.matches(text)) {
    if (anywhere_lines_[i].empty()) anywhere_lines_[i] = evidence_of(whole);
    const auto& rule = general_rules()[compiled_->anywhere_index[i]];
    if (rule.lost && !lost_) lost_ = Noted{rule.value, evidence_of(whole), std::string(rule.hint)};
  }
}

void FailureNotes::bury(std::string_view text) {
  const auto code = number_behind(text, kFailed);
  if (!code || buried_.size() >= kMostBuried) return;
  buried_.push_back({*code, number_behind(text, "local_rank: ").value_or(-1), evidence_of(text)});
}

void FailureNotes::root_cause(std::string_view text) {
  if (text.find(kRoot) != std::string_view::npos) {
    in_root_ = true;
    root_lines_ = 0;
    return;
  }
  if (!in_root_) return;
  if (++root_lines_ > kRootLines) in_root_ = false;
  const auto line = trimmed(text);
  if (line.starts_with("rank")) root_rank_ = number_behind(line, "rank").value_or(-1);
  if (!line.starts_with("exitcode")) return;
  if (const auto code = number_behind(line, "exitcode")) root_ = BuriedRank{*code, root_rank_, evidence_of(text)};
  in_root_ = false;
}

void FailureNotes::resume(std::string_view text, bool began) {
  // At the end the best model is loaded in the same way, and says the same.
  if (began || !resume_not_applied_.empty()) return;
  const auto at = text.find(kMissingKeys);
  if (at == std::string_view::npos) return;
  // Weights that are shared with others are left out of a checkpoint, and nothing is lost.
  const auto keys = text.substr(at + kMissingKeys.size());
  if (keys.starts_with("'lm_head.weight']")) return;
  resume_not_applied_ = evidence_of(text);
}

std::optional<Noted> FailureNotes::own() const {
  for (std::size_t i = 0; i < own_lines_.size(); ++i) {
    if (own_lines_[i].empty()) continue;
    auto noted = compiled_->own_words[i];
    noted.line = own_lines_[i];
    return noted;
  }
  return std::nullopt;
}

std::optional<Noted> FailureNotes::anywhere() const {
  for (std::size_t i = 0; i < anywhere_lines_.size(); ++i) {
    if (anywhere_lines_[i].empty()) continue;
    const auto& rule = general_rules()[compiled_->anywhere_index[i]];
    return Noted{rule.value, anywhere_lines_[i], std::string(rule.hint)};
  }
  return std::nullopt;
}

std::optional<Noted> FailureNotes::definite(const Raised& raised) const {
  auto found = compiled_->all.first(raised.text);
  for (const auto& line : raised.message) {
    if (!found) found = compiled_->all.first(line);
  }
  if (!found) return std::nullopt;
  const auto& rule = general_rules()[*found];
  const bool shared = rule.value == contract::FailureClass::DiskFull && raised.in_shared;
  return Noted{shared ? contract::FailureClass::ShmTooSmall : rule.value, raised.line, std::string(rule.hint)};
}

bool FailureNotes::warns(std::string_view text) const { return compiled_->warnings.first(text).has_value(); }

}  // namespace visionops::framework
