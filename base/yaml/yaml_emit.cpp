#include "base/yaml/yaml_emit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/json.h"

namespace visionops {

namespace {

constexpr std::size_t kIndent = 2;

bool is_word(const std::string& text) {
  // Words of YAML 1.1 that are not strings; "y" and "n" are read as booleans by some parsers.
  static constexpr std::array<const char*, 10> kWords{"null", "true", "false", "yes", "no", "on", "off", "y", "n", "~"};
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return std::find(kWords.begin(), kWords.end(), lower) != kWords.end();
}

/// ".5", ".inf", ".nan", and "..", with which "..." could end a document.
bool is_special_point(std::string_view text) {
  if (text.size() == 1) return true;
  const char next = text[1];
  return next == '.' || (next >= '0' && next <= '9') || next == 'i' || next == 'I' || next == 'n' || next == 'N';
}

/// Numbers, dates, sexagesimals (12:30) and versions (1.0): anything that begins like a number.
bool is_like_a_number(const std::string& text) {
  const std::size_t at = text[0] == '+' || text[0] == '-' ? 1 : 0;
  if (at >= text.size()) return true;
  if (text[at] == '.') return is_special_point(std::string_view(text).substr(at));
  if (text[at] < '0' || text[at] > '9') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || std::string_view("+-.,:_xXoObBeEaAcCdDfFtTzZ ").find(c) != std::string_view::npos;
  });
}

bool is_plain(const std::string& text) {
  if (text.empty() || is_word(text) || is_like_a_number(text)) return false;
  if (text.front() == ' ' || text.back() == ' ' || text.back() == ':') return false;
  if (std::string_view("-?:,[]{}#&*!|>'\"%@`=<").find(text.front()) != std::string_view::npos) {
    // "-x", "?x" and ":x" are plain, everything else here is an indicator.
    const bool plain_pair = std::string_view("-?:").find(text.front()) != std::string_view::npos && text.size() > 1 &&
                            text[1] != ' ' && text[1] != '-';
    if (!plain_pair) return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c >= 0x7F) return false;
    if (c == ':' && i + 1 < text.size() && text[i + 1] == ' ') return false;
    if (c == '#' && i > 0 && text[i - 1] == ' ') return false;
  }
  return true;
}

/// Letters of any script are printable; controls, line separators and the byte order mark are not.
bool is_printable(const std::string& text) {
  if (text.find("\xE2\x80\xA8") != std::string::npos || text.find("\xE2\x80\xA9") != std::string::npos) return false;
  if (text.find("\xEF\xBB\xBF") != std::string::npos || text.find("\xC2\x85") != std::string::npos) return false;
  // C1 controls U+0080..U+009F are 0xC2 0x80..0x9F.
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 || c == 0x7F) return false;
    if (c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) return false;
  }
  return true;
}

std::string single_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    out += c;
    if (c == '\'') out += c;
  }
  return out + "'";
}

/// JSON's escapes are a subset of YAML's; all that is not ASCII is escaped as \uXXXX.
std::string double_quoted(const std::string& text) {
  std::string json = Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
  // JSON leaves DEL as it is, YAML does not print it.
  for (std::size_t at = 0; (at = json.find('\x7F', at)) != std::string::npos;) json.replace(at, 1, "\\u007F");
  return json;
}

bool is_block(const std::string& text) {
  if (text.find('\n') == std::string::npos || text.back() != '\n') return false;
  if (text.size() >= 2 && text[text.size() - 2] == '\n') return false;
  if (text.front() == ' ' || text.front() == '\n') return false;
  std::string line;
  for (const char c : text) {
    if (c != '\n') {
      line += c;
      continue;
    }
    if (!is_printable(line) || (!line.empty() && line.back() == ' ')) return false;
    line.clear();
  }
  return true;
}

std::string scalar_text(const std::string& text) {
  if (is_plain(text)) return text;
  return is_printable(text) ? single_quoted(text) : double_quoted(text);
}

std::string number_text(double value) {
  if (!std::isfinite(value)) return "null";
  std::string text = Json(value).dump();
  // YAML 1.1 wants a point in front of an exponent: "1e+16" would be a string.
  const auto e = text.find('e');
  if (e != std::string::npos && text.find('.') == std::string::npos) text.insert(e, ".0");
  return text;
}

class Emitter {
 public:
  std::string out;

  /// Continues the current line ("key:" or "-" stands there) or starts one for a root value.
  void value(const Json& json, std::size_t column, bool after_key) {
    if (json.is_object() && !json.empty()) {
      if (after_key) out += '\n';
      mapping(json, column, after_key);
    } else if (json.is_array() && !json.empty()) {
      if (after_key) out += '\n';
      // A list may stand at the column of its key, which is kubectl's style.
      list(json, after_key ? column - kIndent : column, after_key);
    } else {
      if (after_key) out += ' ';
      scalar(json, column);
      out += '\n';
    }
  }

 private:
  void mapping(const Json& json, std::size_t column, bool indent_first) {
    bool indent = indent_first;
    for (const auto& [key, member] : json.items()) {
      if (indent) out.append(column, ' ');
      indent = column > 0;
      out += scalar_text(key) + ":";
      value(member, column + kIndent, true);
    }
  }

  void list(const Json& json, std::size_t column, bool indent_first) {
    bool indent = indent_first;
    for (const auto& item : json) {
      if (indent) out.append(column, ' ');
      indent = column > 0;
      out += "- ";
      value(item, column + kIndent, false);
    }
  }

  void scalar(const Json& json, std::size_t column) {
    if (json.is_string()) {
      const auto& text = json.get_ref<const std::string&>();
      is_block(text) ? block(text, column) : static_cast<void>(out += scalar_text(text));
    } else if (json.is_number_float()) {
      out += number_text(json.get<double>());
    } else {
      out += dump_json(json);  // null, booleans, integers, {} and []
    }
  }

  void block(const std::string& text, std::size_t column) {
    out += '|';
    std::size_t begin = 0;
    while (begin < text.size()) {
      const auto end = text.find('\n', begin);
      out += '\n';
      if (end > begin) out.append(std::max(column, kIndent), ' ').append(text, begin, end - begin);
      begin = end + 1;
    }
  }
};

}  // namespace

std::string to_yaml(const Json& json) {
  Emitter emitter;
  emitter.value(json, 0, false);
  return std::move(emitter.out);
}

}  // namespace visionops
