// A head is what stands between the last `;`, `{` or `}` and a brace; it tells what the brace opens.
#include <algorithm>
#include <cctype>
#include <optional>
#include <regex>
#include <set>

#include "tests/contract/cpp_text.h"

namespace visionops::contract_tests {
namespace {

void blank(std::string& text, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < std::min(end, text.size()); ++i) {
    if (text[i] != '\n') text[i] = ' ';
  }
}

std::string without_directives(std::string code) {
  for (std::size_t line = 0; line < code.size();) {
    std::size_t end = std::min(code.find('\n', line), code.size());
    const std::size_t first = code.find_first_not_of(" \t", line);
    if (first < end && code[first] == '#') {
      while (end < code.size() && code[end - 1] == '\\') end = std::min(code.find('\n', end + 1), code.size());
      blank(code, line, end);
    }
    line = end + 1;
  }
  return code;
}

/// Behind the bracket that closes the one at `open`.
std::size_t behind(const std::string& code, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < code.size(); ++i) {
    if (std::string_view("({[").find(code[i]) != std::string_view::npos) ++depth;
    if (std::string_view(")}]").find(code[i]) != std::string_view::npos && --depth == 0) return i + 1;
  }
  return code.size();
}

/// Behind the `>` of the `<` at `open`; a `>` in round brackets compares.
std::size_t behind_angle(const std::string& code, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < code.size(); ++i) {
    if (code[i] == '(') i = behind(code, i) - 1;
    if (code[i] == '<') ++depth;
    if (code[i] == '>' && code[i - 1] != '-' && --depth == 0) return i + 1;
  }
  return code.size();
}

/// The first word at or behind `from`, with `~`.
std::string word_at(const std::string& code, std::size_t from) {
  std::size_t end = from;
  while (end < code.size() && (is_word(code[end]) || code[end] == '~')) ++end;
  return code.substr(from, end - from);
}

/// `template <...>`, attributes and the conditions of a template in round brackets say nothing of the name.
std::string without_prelude(std::string head) {
  static const std::set<std::string> words{"template", "requires", "decltype", "noexcept", "alignas", "explicit"};
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (head.compare(i, 2, "[[") == 0) blank(head, i, behind(head, i));
    if (!is_word(head[i]) || (i > 0 && is_word(head[i - 1]))) continue;
    const std::string word = word_at(head, i);
    const std::size_t next = head.find_first_not_of(" \n", i + word.size());
    const bool says_nothing = words.contains(word) || word.starts_with("VISIONOPS_");
    if (!says_nothing || next == std::string::npos) continue;
    if (head[next] == '<') blank(head, i, behind_angle(head, next));
    if (head[next] == '(') blank(head, i, behind(head, next));
  }
  return head;
}

struct Name {
  std::string text;        ///< "Machine::run"
  std::size_t parameters;  ///< of its round bracket in the head
};

/// Of the function that the head declares, if it declares one.
std::optional<Name> name_of(const std::string& head) {
  static const std::regex named(
      R"(((?:[A-Za-z_]\w*(?:<[^()]*>)?\s*::\s*)*(?:operator\s*(?:\(\)|\[\]|[^\s\w(]+|[A-Za-z_][\w:<>*& ]*)|~?[A-Za-z_]\w*))\s*\()");
  static const std::regex assigned(R"((^|[^=!<>])=([^=]|$))");
  auto from = head.begin();
  for (std::smatch match; std::regex_search(from, head.end(), match, named);) {
    // A variable with an initialiser; the sign in an operator's name belongs to the match.
    if (std::regex_search(head.begin(), match[1].first, assigned)) return std::nullopt;
    const auto parameters = static_cast<std::size_t>(match[0].second - head.begin()) - 1;
    const std::size_t next = std::min(head.find_first_not_of(" \n", behind(head, parameters)), head.size() - 1);
    // std::function<void(int)> and int(*)() are types.
    if (std::string_view(">,(").find(head[next]) == std::string_view::npos) return Name{match[1], parameters};
    from = head.begin() + static_cast<std::ptrdiff_t>(next);
  }
  return std::nullopt;
}

bool begins_initialisers(const std::string& head, const Name& name) {
  const std::size_t end = behind(head, name.parameters);
  for (std::size_t i = end; i < head.size(); ++i) {
    if (head[i] != ':') continue;
    if (head[i + 1] != ':' && head[i - 1] != ':') return true;
  }
  return false;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : code_(without_directives(without_comments(text))) {}

  std::vector<Function> read() {
    while (at_ < code_.size()) step();
    return std::move(out_);
  }

 private:
  enum class Scope { Namespace, Type };
  struct Open {
    Scope scope;
    std::string name;
  };

  void step() {
    const char c = code_[at_];
    if (c == '(' || c == '[') {
      at_ = behind(code_, at_);
    } else if (c == ';') {
      begin_head(at_ + 1);
    } else if (c == '}') {
      if (!open_.empty()) open_.pop_back();
      begin_head(at_ + 1);
    } else if (c == ':' && ends_access_word()) {
      begin_head(at_ + 1);
    } else if (c == '{') {
      brace();
    } else {
      ++at_;
    }
  }

  /// `public:`
  bool ends_access_word() const {
    static const std::regex access(R"(\s*(public|private|protected)\s*)");
    return std::regex_match(code_.begin() + static_cast<std::ptrdiff_t>(head_),
                            code_.begin() + static_cast<std::ptrdiff_t>(at_), access);
  }

  void begin_head(std::size_t at) { head_ = at_ = at; }

  void brace() {
    static const std::regex space(R"(^\s*(?:inline\s+)?namespace\s*([\w:\s]*)$)");
    static const std::regex linkage(R"(^\s*extern\s*"\s*"\s*$)");
    static const std::regex type(R"(\b(class|struct|union|enum)\s+(?:class\s+|struct\s+)?(\w+)[^=]*$)");
    const std::string head = without_prelude(code_.substr(head_, at_ - head_));
    std::smatch match;
    if (std::regex_match(head, match, space)) return enter(Scope::Namespace, match[1]);
    if (std::regex_match(head, linkage)) return enter(Scope::Namespace, "C");
    const auto name = name_of(head);
    if (name) return function(head, *name);
    const bool is_type = std::regex_search(head, match, type) && match[1] != "enum";
    if (is_type) return enter(Scope::Type, match[2]);
    at_ = behind(code_, at_);  // an initialiser or the values of an enumeration; the head ends with its `;`
  }

  void enter(Scope scope, std::string name) {
    while (!name.empty() && std::isspace(static_cast<unsigned char>(name.back())) != 0) name.pop_back();
    open_.push_back({scope, name});
    begin_head(at_ + 1);
  }

  void function(const std::string& head, const Name& name) {
    const std::size_t last = head.find_last_not_of(" \n");
    if (begins_initialisers(head, name) && (is_word(head[last]) || head[last] == '>')) {
      at_ = behind(code_, at_);  // a member that is initialised in braces
      return;
    }
    const std::size_t end = behind(code_, at_);
    out_.push_back(described(head, name.text, end));
    begin_head(end);
  }

  Function described(const std::string& head, const std::string& name, std::size_t end) const {
    const bool in_type = !open_.empty() && open_.back().scope == Scope::Type;
    const std::size_t cut = name.rfind("::", name.find("operator"));
    Function out;
    out.name = cut == std::string::npos ? name : name.substr(cut + 2);
    out.member = in_type || cut != std::string::npos;
    out.hidden = !out.member && std::regex_search(head, std::regex(R"(\bstatic\b)"));
    for (const Open& around : open_) {
      if (around.name.empty()) {
        out.hidden = !out.member;
      } else {
        out.space += (out.space.empty() ? "" : "::") + around.name;
      }
    }
    const std::size_t first = head_ + head.find_first_not_of(" \n");
    out.line = 1 + breaks(0, first);
    out.lines = 1 + breaks(first, end);
    return out;
  }

  std::size_t breaks(std::size_t begin, std::size_t end) const {
    const auto at = [this](std::size_t i) { return code_.begin() + static_cast<std::ptrdiff_t>(i); };
    return static_cast<std::size_t>(std::count(at(begin), at(end), '\n'));
  }

  std::string code_;
  std::vector<Open> open_;
  std::vector<Function> out_;
  std::size_t head_ = 0;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Function> functions_of(std::string_view text) { return Reader(text).read(); }

}  // namespace visionops::contract_tests
