#include "worker/framework/lines/numbers.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "worker/framework/lines/plain_line.h"

namespace visionops::framework {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool equal_small(std::string_view text, std::string_view small) {
  if (text.size() < small.size()) return false;
  for (std::size_t i = 0; i < small.size(); ++i) {
    if ((text[i] | 0x20) != small[i]) return false;
  }
  return text.size() == small.size() || !(is_letter(text[small.size()]) || is_digit(text[small.size()]));
}

/// "nan", "inf", "infinity", without a sign.
std::optional<LeadingNumber> leading_word(std::string_view text) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (equal_small(text, "nan")) return LeadingNumber{std::nan(""), 3};
  if (equal_small(text, "infinity")) return LeadingNumber{kInfinity, 8};
  if (equal_small(text, "inf")) return LeadingNumber{kInfinity, 3};
  return std::nullopt;
}

bool of_name(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || c == '/' || c == '.' || c == '@' || c == '-' || c == '%' ||
         c == '(' || c == ')';
}

/// Where the name that ends before `end` begins; names begin with a letter.
std::size_t name_begin(std::string_view text, std::size_t end) {
  std::size_t at = end;
  while (at > 0 && of_name(text[at - 1])) --at;
  while (at < end && !is_letter(text[at])) ++at;
  return at;
}

/// Whether a value may end before this character: not "0:00:01", not "2.1it/s", not "12/100".
bool ends_value(char c) {
  return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '|' || c == ']' || c == ')' || c == '}' || c == '%';
}

}  // namespace

std::optional<LeadingNumber> leading_number(std::string_view text) {
  const std::size_t sign = !text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0;
  auto body = text.substr(sign);
  if (body.empty()) return std::nullopt;
  const double factor = sign == 1 && text[0] == '-' ? -1 : 1;
  if (const auto word = leading_word(body)) return LeadingNumber{factor * word->value, word->length + sign};
  if (!is_digit(body[0]) && !(body[0] == '.' && body.size() > 1 && is_digit(body[1]))) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), value);
  if (error == std::errc::result_out_of_range) {
    value = std::numeric_limits<double>::infinity();
  } else if (error != std::errc()) {
    return std::nullopt;
  }
  return LeadingNumber{factor * value, static_cast<std::size_t>(end - body.data()) + sign};
}

std::optional<double> number_of(std::string_view text) {
  const auto leading = leading_number(text);
  if (!leading || leading->length != text.size()) return std::nullopt;
  return leading->value;
}

std::optional<std::int64_t> whole_number_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::optional<std::pair<std::int64_t, std::int64_t>> fraction_of(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto above = whole_number_of(trimmed(text.substr(0, slash)));
  const auto below = whole_number_of(trimmed(text.substr(slash + 1)));
  if (!above || !below) return std::nullopt;
  return std::pair{*above, *below};
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0;;) {
    at = line.find_first_not_of(" \t", at);
    if (at == std::string_view::npos) return words;
    const auto end = std::min(line.find_first_of(" \t", at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
}

std::vector<Pair> pairs_in(std::string_view text, char mark) {
  std::vector<Pair> pairs;
  for (auto at = text.find(mark); at != std::string_view::npos; at = text.find(mark, at + 1)) {
    const auto begin = text.find_first_not_of(" \t", at + 1);
    if (begin == std::string_view::npos) break;
    const auto number = leading_number(text.substr(begin));
    const std::size_t name = name_begin(text, at);
    if (!number || name == at) continue;
    const std::size_t end = begin + number->length;
    if (end < text.size() && !ends_value(text[end])) continue;
    pairs.push_back({text.substr(name, at - name), number->value, end});
  }
  return pairs;
}

}  // namespace visionops::framework
