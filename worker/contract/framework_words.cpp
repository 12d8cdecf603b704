#include "worker/contract/framework_words.h"

#include <algorithm>
#include <functional>

namespace visionops::contract {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_in_name(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-'; }

/// Length of the {NAME} that `text` begins with, braces counted; 0: it begins with none.
std::size_t name_at(std::string_view text) {
  if (text.size() < 3 || text[0] != '{' || !is_letter(text[1])) return 0;
  std::size_t end = 1;
  while (end < text.size() && is_in_name(text[end])) ++end;
  return end < text.size() && text[end] == '}' ? end + 1 : 0;
}

/// Hands literal text to `plain` and names to `named`, in order.
void for_each_part(std::string_view text, const std::function<void(std::string_view)>& plain,
                   const std::function<void(std::string_view)>& named) {
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto length = name_at(text.substr(at));
    if (length == 0) {
      ++at;
      continue;
    }
    plain(text.substr(begin, at - begin));
    named(text.substr(at + 1, length - 2));
    begin = at += length;
  }
  plain(text.substr(begin));
}

}  // namespace

std::vector<std::string> names_in(std::string_view text) {
  std::vector<std::string> out;
  for_each_part(
      text, [](std::string_view) {},
      [&out](std::string_view name) {
        if (std::ranges::find(out, name) == out.end()) out.emplace_back(name);
      });
  return out;
}

std::optional<std::string> fill_text(std::string_view text, const WordValues& values) {
  std::string out;
  bool complete = true;
  for_each_part(
      text, [&out](std::string_view plain) { out += plain; },
      [&](std::string_view name) {
        const auto it = values.find(std::string(name));
        complete = complete && it != values.end();
        if (it != values.end()) out += it->second;
      });
  return complete ? std::optional(std::move(out)) : std::nullopt;
}

std::vector<std::string> fill_words(const std::vector<std::string>& texts, const WordValues& values) {
  std::vector<std::string> out;
  for (const auto& text : texts) {
    std::vector<std::string> words;
    bool complete = true;
    for (std::size_t begin = 0; begin <= text.size() && complete;) {
      const auto space = std::min(text.find(' ', begin), text.size());
      auto word = fill_text(std::string_view(text).substr(begin, space - begin), values);
      complete = word.has_value();
      if (word) words.push_back(*std::move(word));
      begin = space + 1;
    }
    if (complete) out.insert(out.end(), words.begin(), words.end());
  }
  return out;
}

}  // namespace visionops::contract
