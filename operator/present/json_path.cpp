#include "operator/present/json_path.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/json.h"

namespace visionops::commands {

namespace {

std::string text_of_value(const Json& value) { return value.is_string() ? value.get<std::string>() : dump_json(value); }

bool compare(const Json& value, const std::string& comparison, const Json& with) {
  if (comparison == "==") return value == with;
  if (comparison == "!=") return value != with;
  if (value.is_number() != with.is_number() || value.is_string() != with.is_string()) return false;
  if (comparison == "<") return value < with;
  if (comparison == "<=") return value <= with;
  if (comparison == ">") return value > with;
  return value >= with;
}

}  // namespace

/// Reads the template; the first thing that is not understood ends it.
class JsonPath::Reader {
 public:
  explicit Reader(const std::string& text) : text_(text) {}

  Status read(std::vector<Piece>& pieces, bool inside_range) {
    while (at_ < text_.size()) {
      if (text_[at_] != '{') {
        const auto open = std::min(text_.find('{', at_), text_.size());
        pieces.push_back({.text = text_.substr(at_, open - at_), .path = {}, .repeated = {}});
        at_ = open;
        continue;
      }
      ++at_;
      bool ended = false;
      if (auto ok = read_braces(pieces, inside_range, ended); !ok) return ok;
      if (ended) return {};
    }
    return inside_range ? wrong("{end} is missing") : Status{};
  }

 private:
  [[nodiscard]] Error wrong(const std::string& what) const {
    return invalid_error("jsonpath: " + what + " at \"" + text_.substr(std::min(at_, text_.size()), 20) + "\"");
  }
  void skip_blanks() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(std::string_view word) {
    if (text_.compare(at_, word.size(), word) != 0) return false;
    at_ += word.size();
    return true;
  }
  Status close() {
    skip_blanks();
    return take("}") ? Status{} : wrong("expected }");
  }

  Status read_braces(std::vector<Piece>& pieces, bool inside_range, bool& ended) {
    skip_blanks();
    if (take("end")) {
      ended = true;
      return inside_range ? close() : Status{wrong("{end} without {range}")};
    }
    Piece piece;
    if (text_[at_] == '"' || text_[at_] == '\'') {
      if (auto ok = read_quoted(piece.text); !ok) return ok;
    } else {
      piece.kind = take("range ") ? Piece::Kind::Range : Piece::Kind::Value;
      skip_blanks();
      if (auto ok = read_path(piece.path); !ok) return ok;
    }
    if (auto ok = close(); !ok) return ok;
    if (piece.kind == Piece::Kind::Range) {
      if (auto ok = read(piece.repeated, true); !ok) return ok;
    }
    pieces.push_back(std::move(piece));
    return {};
  }

  Status read_quoted(std::string& out) {
    const char quote = text_[at_++];
    for (; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] != '\\' || at_ + 1 == text_.size()) {
        out += text_[at_];
        continue;
      }
      const char c = text_[++at_];
      out += c == 'n' ? '\n' : c == 't' ? '\t' : c;
    }
    return at_++ < text_.size() ? Status{} : wrong("a quote is missing");
  }

  Status read_path(std::vector<Step>& path) {
    if (at_ < text_.size() && (text_[at_] == '$' || text_[at_] == '@')) ++at_;
    while (at_ < text_.size()) {
      Status ok;
      if (take("[")) {
        ok = read_brackets(path);
      } else if (take("..")) {
        path.push_back({.kind = Step::Kind::Below, .name = read_name(), .path = {}, .comparison = {}});
      } else if (take(".")) {
        const std::string name = read_name();
        if (!name.empty()) path.push_back(member(name));
      } else {
        break;
      }
      if (!ok) return ok;
    }
    return {};
  }
  static Step member(const std::string& name) {
    return {.kind = name == "*" ? Step::Kind::All : Step::Kind::Member, .name = name, .path = {}, .comparison = {}};
  }
  std::string read_name() {
    std::string name;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        name += text_[++at_];
        continue;
      }
      if (std::string_view(".[]{}()=!<> ").find(text_[at_]) != std::string_view::npos) break;
      name += text_[at_];
    }
    return name;
  }

  Status read_brackets(std::vector<Step>& path) {
    if (take("*]")) {
      path.push_back({.kind = Step::Kind::All, .name = {}, .path = {}, .comparison = {}});
      return {};
    }
    if (take("?(")) return read_filter(path);
    if (at_ < text_.size() && (text_[at_] == '\'' || text_[at_] == '"')) {
      std::string name;
      if (auto ok = read_quoted(name); !ok) return ok;
      path.push_back(member(name));
      return take("]") ? Status{} : wrong("expected ]");
    }
    return read_numbers(path);
  }
  Status read_numbers(std::vector<Step>& path) {
    const auto end = text_.find(']', at_);
    if (end == std::string::npos) return wrong("expected ]");
    const auto colon = std::min(text_.find(':', at_), end);
    Step step{.kind = colon < end ? Step::Kind::Slice : Step::Kind::Element, .name = {}, .path = {}, .comparison = {}};
    step.last = INT32_MAX;
    const bool first = number(at_, colon, step.first);
    const bool last = colon >= end || number(colon + 1, end, step.last);
    if (!first || !last || (step.kind == Step::Kind::Element && colon == at_)) return wrong("expected a number");
    path.push_back(std::move(step));
    at_ = end + 1;
    return {};
  }
  /// Absent is fine: the default stays.
  [[nodiscard]] bool number(std::size_t begin, std::size_t end, int& out) const {
    if (begin == end) return true;
    const auto [stop, failure] = std::from_chars(text_.data() + begin, text_.data() + end, out);
    return failure == std::errc{} && stop == text_.data() + end;
  }
  Status read_filter(std::vector<Step>& path) {
    Step step{.kind = Step::Kind::Filter, .name = {}, .path = {}, .comparison = {}};
    if (auto ok = read_path(step.path); !ok) return ok;
    skip_blanks();
    for (const char* word : {"==", "!=", "<=", ">=", "<", ">"}) {
      if (step.comparison.empty() && take(word)) step.comparison = word;
    }
    skip_blanks();
    if (!step.comparison.empty()) {
      if (auto ok = read_operand(step.name); !ok) return ok;
    }
    path.push_back(std::move(step));
    return take(")]") ? Status{} : wrong("expected )]");
  }
  Status read_operand(std::string& out) {
    if (text_[at_] == '"' || text_[at_] == '\'') {
      std::string text;
      if (auto ok = read_quoted(text); !ok) return ok;
      out = Json(text).dump();
      return {};
    }
    const auto end = std::min(text_.find(')', at_), text_.size());
    out = text_.substr(at_, end - at_);
    at_ = end;
    return parse_json(out) ? Status{} : wrong("expected a value");
  }

  const std::string& text_;
  std::size_t at_ = 0;
};

Result<JsonPath> JsonPath::parse(const std::string& text) {
  JsonPath path;
  const std::string whole = text.find('{') == std::string::npos ? "{" + text + "}" : text;
  if (auto ok = Reader(whole).read(path.pieces_, false); !ok) return ok.error();
  return path;
}

bool JsonPath::holds(const Json& element, const Step& filter) {
  std::vector<const Json*> found;
  select(element, filter.path, 0, found);
  if (filter.comparison.empty()) return !found.empty();
  const auto with = parse_json(filter.name);
  return with && std::ranges::any_of(found, [&](const Json* v) { return compare(*v, filter.comparison, *with); });
}

void JsonPath::select(const Json& from, const std::vector<Step>& path, std::size_t at, std::vector<const Json*>& out) {
  if (at == path.size()) {
    out.push_back(&from);
    return;
  }
  const Step& step = path[at];
  const auto go_on = [&](const Json& value) { select(value, path, at + 1, out); };
  switch (step.kind) {
    case Step::Kind::Member:
      if (from.is_object() && from.contains(step.name)) go_on(from.at(step.name));
      return;
    case Step::Kind::Below:
      if (from.is_object() && from.contains(step.name)) go_on(from.at(step.name));
      if (from.is_structured()) {
        for (const auto& child : from) select(child, path, at, out);
      }
      return;
    case Step::Kind::All:
      if (from.is_structured()) std::ranges::for_each(from, go_on);
      return;
    default:
      break;
  }
  if (!from.is_array()) return;
  const int size = static_cast<int>(from.size());
  const auto from_end = [size](int i) { return i < 0 ? i + size : i; };
  const bool slice = step.kind == Step::Kind::Slice;
  const int first = step.kind == Step::Kind::Filter ? 0 : std::max(0, from_end(step.first));
  const int last = step.kind == Step::Kind::Filter ? size : slice ? from_end(step.last) : from_end(step.first) + 1;
  for (int i = first; i < std::min(last, size); ++i) {
    const Json& element = from.at(static_cast<std::size_t>(i));
    if (step.kind != Step::Kind::Filter || holds(element, step)) go_on(element);
  }
}

void JsonPath::print(const std::vector<Piece>& pieces, const Json& document, std::string& out) {
  for (const auto& piece : pieces) {
    if (piece.kind == Piece::Kind::Text) {
      out += piece.text;
      continue;
    }
    std::vector<const Json*> values;
    select(document, piece.path, 0, values);
    for (const Json* value : values) {
      if (piece.kind == Piece::Kind::Range) {
        print(piece.repeated, *value, out);
      } else {
        out += (value == values.front() ? "" : " ") + text_of_value(*value);
      }
    }
  }
}

std::string JsonPath::print(const Json& document) const {
  std::string out;
  print(pieces_, document, out);
  return out;
}

}  // namespace visionops::commands
