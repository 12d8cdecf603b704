#include "base/yaml/value_count.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>

namespace visionops {
namespace {

/// Thrown and caught inside this file only: the parser has no other way to be stopped.
struct TooMany {
  int line;
};

class Counter final : public YAML::EventHandler {
 public:
  explicit Counter(std::size_t most) : left_(most) {}
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { count(mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { count(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t, const std::string&) override {
    count(mark);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    count(mark);
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    count(mark);
  }
  void OnMapEnd() override {}

 private:
  void count(const YAML::Mark& mark) {
    if (left_ == 0) throw TooMany{std::max(mark.line, 0)};
    --left_;
  }
  std::size_t left_;
};

bool is_flow_mark(char c) { return c == ',' || c == '[' || c == '{'; }

/// The parser keeps every token of a flow collection until it ends, since all of it may be a key.
std::optional<std::size_t> line_of_flow_mark(std::size_t number, const std::string& text) {
  std::size_t seen = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_flow_mark(text[at]) && ++seen == number) {
      return static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<YamlError> more_values_than(std::size_t most, const std::string& text, int first_line) {
  if (text.size() <= most) return std::nullopt;  // a value takes a byte
  if (const auto line = line_of_flow_mark(2 * most + 1, text)) {
    return YamlError{first_line + static_cast<int>(*line),
                     "the document has more than " + std::to_string(2 * most) + " commas and brackets"};
  }
  try {
    std::istringstream in(text);
    Counter counter(most);
    YAML::Parser(in).HandleNextDocument(counter);
  } catch (const TooMany& found) {
    return YamlError{first_line + found.line, "the document has more than " + std::to_string(most) + " values"};
  } catch (const YAML::Exception&) {
    return std::nullopt;  // who makes the tree finds it there again, and tells it
  }
  return std::nullopt;
}

}  // namespace visionops
