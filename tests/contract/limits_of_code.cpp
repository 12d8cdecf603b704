#include "tests/contract/limits_of_code.h"

#include <cctype>
#include <cmath>
#include <cstdio>
#include <map>
#include <sstream>

#include "tests/contract/cpp_text.h"
#include "tests/contract/source_tree.h"

namespace visionops::contract_tests {
namespace {

std::string trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \n");
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(" \n") + 1 - begin));
}

std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin <= line.size();) {
    const auto end = std::min(line.find(" | ", begin), line.size());
    out.push_back(trimmed(line.substr(begin, end - begin)));
    begin = end + 3;
  }
  return out;
}

/// A sum of products of shifts would be C++'s order; the code writes one kind of operator at a time.
class Expression {
 public:
  explicit Expression(std::string_view text) : text_(text) {}
  std::optional<double> value() {
    auto out = sum();
    skip();
    return at_ == text_.size() ? out : std::nullopt;
  }

 private:
  void skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
  }
  bool eat(std::string_view what) {
    skip();
    if (text_.substr(at_, what.size()) != what) return false;
    at_ += what.size();
    return true;
  }
  std::optional<double> sum() {
    auto left = factor();
    while (left) {
      char op = 0;
      for (const auto* const word : {"<<", "*", "+", "-"}) {
        if (op == 0 && eat(word)) op = word[0];
      }
      if (op == 0) return left;
      const auto right = factor();
      if (!right) return std::nullopt;
      left = op == '<'   ? std::ldexp(*left, static_cast<int>(*right))
             : op == '*' ? *left * *right
             : op == '+' ? *left + *right
                         : *left - *right;
    }
    return left;
  }
  std::optional<double> factor() {
    skip();
    if (eat("(")) return closed(")");
    std::string word;
    while (at_ < text_.size() &&
           (is_word(text_[at_]) || text_[at_] == ':' || text_[at_] == '\'' || text_[at_] == '.')) {
      if (text_[at_] != '\'') word += text_[at_];
      ++at_;
    }
    if (!word.empty() && std::isdigit(static_cast<unsigned char>(word[0]))) return std::strtod(word.c_str(), nullptr);
    const char* const closing = eat("(") ? ")" : eat("{") ? "}" : nullptr;
    const auto inner = closing != nullptr ? closed(closing) : std::nullopt;
    return inner ? std::optional(*inner * milliseconds_of(word)) : std::nullopt;
  }
  std::optional<double> closed(std::string_view closing) {
    auto out = sum();
    return out && eat(closing) ? out : std::nullopt;
  }
  static double milliseconds_of(std::string_view type) {
    static const std::map<std::string_view, double> durations{
        {"std::chrono::seconds", 1e3}, {"std::chrono::minutes", 6e4}, {"std::chrono::hours", 3.6e6}};
    const auto found = durations.find(type);
    return found == durations.end() ? 1 : found->second;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string with_separators(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f", value);
  std::string digits = text;
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

bool is_called_like_a_limit(std::string_view word) {
  const auto begins = [&](std::string_view start) {
    return word.starts_with(start) && word.size() > start.size() &&
           std::isupper(static_cast<unsigned char>(word[start.size()]));
  };
  return begins("kMax") || begins("kMost") || begins("kLongest") ||
         (word.starts_with("k") && (word.ends_with("Limit") || word.ends_with("Limits")));
}

/// Positions behind each whole `name` that is followed by its initialiser.
std::size_t find_initialised(std::string_view text, std::string_view name) {
  for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const auto end = at + name.size();
    if ((at > 0 && is_word(text[at - 1])) || (end < text.size() && is_word(text[end]))) continue;
    const auto next = text.find_first_not_of(' ', end);
    if (next == std::string_view::npos) continue;
    if ((text[next] == '=' && text[next + 1] != '=') || text[next] == '{') return next;
  }
  return std::string_view::npos;
}

std::string row_of(const Limit& limit) {
  const auto text = without_comments(read_text(source_dir() / limit.file));
  const auto expression = initialiser_of(text, limit.name);
  const auto value = expression ? value_of(*expression) : std::nullopt;
  const std::string shown = value ? in_unit(*value, limit.unit) : "?";
  const std::string test =
      limit.test == "-" ? "" : "[" + limit.test.substr(limit.test.rfind('/') + 1) + "](../" + limit.test + ")";
  return "| " + limit.what + " | " + shown + " | " + limit.beyond + " | `" + limit.name + "` in " + limit.file + " | " +
         test + " |\n";
}

}  // namespace

std::vector<Limit> limits_of_table(std::string_view table) {
  std::vector<Limit> out;
  std::string group;
  std::istringstream lines{std::string(table)};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (line.starts_with("== ")) {
      group = line.substr(3);
      continue;
    }
    Limit limit;
    limit.group = group;
    limit.told = !line.starts_with("! ");
    auto cells = cells_of(limit.told ? line : line.substr(2));
    cells.resize(5);
    const auto space = cells[0].find(' ');
    limit.file = cells[0].substr(0, space);
    limit.name = space == std::string::npos ? "" : cells[0].substr(space + 1);
    (limit.told ? limit.unit : limit.what) = cells[1];
    if (limit.told) limit.what = cells[2], limit.beyond = cells[3], limit.test = cells[4];
    out.push_back(std::move(limit));
  }
  return out;
}

std::optional<std::string> initialiser_of(std::string_view text, std::string_view name) {
  const auto at = find_initialised(text, name);
  if (at == std::string_view::npos) return std::nullopt;
  const auto end = text.find(';', at);
  auto found = trimmed(text.substr(at + 1, end - at - 1));
  if (text[at] == '{' && found.ends_with('}')) found.pop_back();
  return found;
}

std::optional<double> value_of(std::string_view expression) { return Expression(expression).value(); }

std::string in_unit(double value, const std::string& unit) {
  if (unit == "seconds") return with_separators(value / 1000) + " s";
  if (unit != "bytes") return with_separators(value) + " " + unit;
  int power = 0;
  while (power < 3 && value >= 1024 && std::fmod(value, 1024) == 0) value /= 1024, ++power;
  constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB"};
  return with_separators(value) + " " + kUnits[power];
}

std::vector<std::string> constants_called_like_limits(std::string_view text) {
  const std::string code = without_comments(text);
  std::vector<std::string> out;
  std::istringstream lines(code);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("constexpr ") == std::string::npos) continue;
    for (std::size_t at = line.find('k'); at != std::string::npos; at = line.find('k', at + 1)) {
      if (at > 0 && is_word(line[at - 1])) continue;
      auto end = at;
      while (end < line.size() && is_word(line[end])) ++end;
      const std::string word = line.substr(at, end - at);
      if (is_called_like_a_limit(word) && find_initialised(line, word) != std::string::npos) out.push_back(word);
    }
  }
  return out;
}

std::string limits_page(const std::vector<Limit>& limits) {
  std::string out =
      "# Limits\n\nWhat is bounded, where, and what happens beyond it. The values are those of the code: "
      "`tests/contract`\n"
      "reads them and writes this page (`UPDATE_GOLDEN=1 build/dev/bin/contract_tests --gtest_filter='Limits*'`); the\n"
      "words stand in `tests/contract/limits.table`. Bounds of the fields of resources stand with the fields, in\n"
      "[reference/](reference/).\n\nWork that grows with somebody else's input is linear in it (sorting aside), and "
      "the\n"
      "tests of a limit count bytes, comparisons and calls, not seconds.\n";
  std::string group;
  for (const auto& limit : limits) {
    if (!limit.told) continue;
    if (limit.group != group) {
      group = limit.group;
      out += "\n## " + group + "\n\n| what | at most | beyond it | constant | test |\n|---|---|---|---|---|\n";
    }
    out += row_of(limit);
  }
  return out;
}

}  // namespace visionops::contract_tests
