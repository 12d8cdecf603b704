#include "worker/framework/lines/expressions.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <numeric>

namespace visionops::framework {

namespace {

constexpr int kShortestWord = 3;
constexpr std::int64_t kExpressionMemory = 8 << 20;

re2::RE2::Options options() {
  re2::RE2::Options o;
  o.set_log_errors(false);
  o.set_max_mem(kExpressionMemory);
  return o;
}

}  // namespace

Result<std::unique_ptr<re2::RE2>> compile_expression(const std::string& expression) {
  auto compiled = std::make_unique<re2::RE2>(expression, options());
  if (!compiled->ok()) return invalid_error("\"" + expression + "\" is no expression of RE2: " + compiled->error());
  return compiled;
}

namespace {

/// Which expressions may match a line that has these words and no others.
std::vector<int> possible(const re2::FilteredRE2& filtered, const std::vector<int>& words) {
  std::vector<int> found;
  filtered.AllPotentials(words, &found);
  return found;
}

/// Of the words "loss" and "stopping" that both have to be there one is enough. The longer ones are kept: they are
/// rare.
std::vector<std::string> needed_words(const re2::FilteredRE2& filtered, std::vector<std::string> words) {
  std::vector<int> order(words.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return words[static_cast<std::size_t>(a)].size() < words[static_cast<std::size_t>(b)].size();
  });
  const std::size_t anyway = possible(filtered, {}).size();
  std::vector<int> dropped;
  std::vector<std::string> needed;
  for (const int word : order) {
    dropped.push_back(word);
    if (possible(filtered, dropped).size() == anyway) continue;
    dropped.pop_back();
    needed.push_back(words[static_cast<std::size_t>(word)]);
  }
  if (anyway > 0) needed.emplace_back();
  return needed;
}

}  // namespace

std::vector<std::string> words_of_expressions(const std::vector<std::string>& expressions) {
  if (expressions.empty()) return {};
  re2::FilteredRE2 filtered(kShortestWord);
  for (const auto& expression : expressions) {
    int id = 0;
    if (filtered.Add(expression, options(), &id) != re2::RE2::NoError) return {""};
  }
  std::vector<std::string> words;
  filtered.Compile(&words);
  return needed_words(filtered, std::move(words));
}

struct Expressions::State {
  std::unique_ptr<re2::RE2::Set> set;
  std::vector<std::string> words;
};

Expressions::Expressions(std::unique_ptr<State> state) : state_(std::move(state)) {}
Expressions::Expressions(Expressions&&) noexcept = default;
Expressions& Expressions::operator=(Expressions&&) noexcept = default;
Expressions::~Expressions() = default;

Result<Expressions> Expressions::make(const std::vector<std::string>& expressions) {
  auto state = std::make_unique<State>();
  state->words = words_of_expressions(expressions);
  if (expressions.empty()) return Expressions(std::move(state));
  state->set = std::make_unique<re2::RE2::Set>(options(), re2::RE2::UNANCHORED);
  for (const auto& expression : expressions) {
    std::string why;
    if (state->set->Add(expression, &why) < 0) {
      return invalid_error("\"" + expression + "\" is no expression of RE2: " + why);
    }
  }
  if (!state->set->Compile()) return invalid_error("the expressions together are too large");
  return Expressions(std::move(state));
}

std::vector<std::size_t> Expressions::matches(std::string_view text) const {
  if (state_->set == nullptr) return {};
  std::vector<int> found;
  state_->set->Match(re2::StringPiece(text.data(), text.size()), &found);
  std::sort(found.begin(), found.end());
  return {found.begin(), found.end()};
}

std::optional<std::size_t> Expressions::first(std::string_view text) const {
  const auto found = matches(text);
  return found.empty() ? std::nullopt : std::optional(found.front());
}

const std::vector<std::string>& Expressions::words() const { return state_->words; }

}  // namespace visionops::framework
