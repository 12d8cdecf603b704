#include "base/yaml/yaml_emit.h"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <random>
#include <regex>

#include "base/json.h"

namespace visionops {
namespace {

/// The core schema of YAML 1.2 with the traps of 1.1: what a plain scalar means to a reader.
Json plain_meaning(const std::string& text) {
  static const std::regex null("~|null|Null|NULL|");
  static const std::regex boolean("true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|y|Y|n|N");
  static const std::regex integer("[-+]?[0-9_]+|0x[0-9a-fA-F]+|0o[0-7]+|[-+]?[0-9]+(:[0-5]?[0-9])+");
  static const std::regex real(
      "[-+]?([0-9][0-9_]*)?\\.[0-9]*([eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|"
      "NAN)");
  static const std::regex date("[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*");
  if (std::regex_match(text, null)) return nullptr;
  if (text == "true" || text == "false") return text == "true";
  if (std::regex_match(text, boolean)) return "<boolean of YAML 1.1>";
  if (std::regex_match(text, integer)) {
    const auto json = parse_json(text);
    return json.ok() ? *json : Json("<integer>");
  }
  if (std::regex_match(text, real)) {
    const auto json = parse_json(text);
    return json.ok() ? *json : Json("<real>");
  }
  if (std::regex_match(text, date)) return "<date of YAML 1.1>";
  return text;
}

Json read_back(const YAML::Node& node) {
  if (node.IsMap()) {
    Json out = Json::object();
    for (const auto& entry : node) {
      const auto& key = entry.first;
      const Json name = key.Tag() == "!" ? Json(key.Scalar()) : plain_meaning(key.Scalar());
      EXPECT_TRUE(name.is_string()) << key.Scalar();
      out[key.Scalar()] = read_back(entry.second);
    }
    return out;
  }
  if (node.IsSequence()) {
    Json out = Json::array();
    for (const auto& item : node) out.push_back(read_back(item));
    return out;
  }
  if (node.IsNull()) return nullptr;
  return node.Tag() == "!" ? Json(node.Scalar()) : plain_meaning(node.Scalar());
}

void expect_round_trip(const Json& json) {
  const std::string yaml = to_yaml(json);
  try {
    EXPECT_EQ(read_back(YAML::Load(yaml)), json) << yaml;
  } catch (const YAML::Exception& e) {
    FAIL() << e.what() << "\n" << yaml;
  }
}

TEST(Yaml, IsWrittenInTheStyleOfKubectl) {
  const Json json = Json::parse(R"({"kind":"Pipeline","metadata":{"name":"a","labels":{}},"spec":{
    "sources":[{"dataset":{"name":"x"},"manipulators":[{"rotate_180":{}},{"keep":{"classes":["car","bus"]}}]}],
    "list":[],"nested":[[1,2],[3]],"suspend":false,"seed":7,"ratio":0.5,"none":null}})");
  EXPECT_EQ(to_yaml(json), R"(kind: Pipeline
metadata:
  labels: {}
  name: a
spec:
  list: []
  nested:
  - - 1
    - 2
  - - 3
  none: null
  ratio: 0.5
  seed: 7
  sources:
  - dataset:
      name: x
    manipulators:
    - rotate_180: {}
    - keep:
        classes:
        - car
        - bus
  suspend: false
)");
}

TEST(Yaml, QuotesWhatAnotherTypeCouldBeReadFrom) {
  for (const char* text : {"",     "null",  "Null",  "~",    "true", "False",    "yes",        "NO",
                           "on",   "Off",   "y",     "N",    "7",    "-7",       "+7",         "1.5",
                           ".5",   "1e3",   "1_000", "0x1F", "0o17", "12:30:45", "2026-11-21", "2026-11-21T02:34:40Z",
                           ".inf", "-.Inf", ".NaN",  "-",    "+",    ".",        "0b1"}) {
    const std::string yaml = to_yaml(Json{{"k", text}});
    EXPECT_TRUE(yaml.starts_with("k: '") || yaml.starts_with("k: \"")) << yaml;
    expect_round_trip(Json{{"k", text}});
  }
}

TEST(Yaml, LeavesOrdinaryTextPlain) {
  for (const char* text : {"car", ".status.phase", "v1.0.0", "street-train-v1.0.0", "a b", "https://example.org/x",
                           "a#b", "it's", "-x", "16Gi", "map50 0.953 @ 17"}) {
    EXPECT_EQ(to_yaml(Json(text)), std::string(text) + "\n");
    expect_round_trip(Json{{"k", text}});
  }
}

TEST(Yaml, KeepsStringsThatLookLikeSyntax) {
  for (const char* text : {"- a",
                           "? a",
                           ": a",
                           "a: b",
                           "a:",
                           "a #b",
                           "#a",
                           "&a",
                           "*a",
                           "!a",
                           "|",
                           ">",
                           "'",
                           "\"",
                           "%a",
                           "@a",
                           "`a",
                           "[a]",
                           "{a}",
                           "a, b",
                           " a",
                           "a ",
                           "<<",
                           "=",
                           "---",
                           "...",
                           "--- a",
                           "a\tb",
                           "a\rb",
                           "a\nb",
                           "a\n",
                           "\na\n",
                           "a\n\n",
                           " a\nb\n",
                           "a \nb\n",
                           "a\n\nb\n",
                           "\x01",
                           "\x7F",
                           "\xC2\x85",
                           "\xE2\x80\xA8",
                           "\xEF\xBB\xBF",
                           "\xC2\x80",
                           "한국어",
                           "tab\tand\nline\n"}) {
    expect_round_trip(Json(text));
    expect_round_trip(Json{{"k", text}});
    expect_round_trip(Json{{text, "v"}});
    expect_round_trip(Json::array({text, {{"k", Json::array({text})}}}));
  }
}

TEST(Yaml, WritesTextsOfSeveralLinesAsBlocks) {
  EXPECT_EQ(to_yaml(Json{{"k", {{"text", "first\n\n  second\n"}}}}), "k:\n  text: |\n    first\n\n      second\n");
}

TEST(Yaml, KeepsNumbersExactly) {
  for (const Json& number : {Json(0), Json(-1), Json(INT64_MAX), Json(INT64_MIN), Json(UINT64_MAX), Json(0.1),
                             Json(1e16), Json(1e-7), Json(-2.5e300), Json(1.0)}) {
    expect_round_trip(Json{{"k", number}});
  }
  EXPECT_EQ(to_yaml(Json(std::nan(""))), "null\n");
}

Json random_tree(std::mt19937& random, int depth) {
  static const std::string kAlphabet = "abcYN01:-#'\"{}[]&*!|>%@` \n\t\\,?~.=";
  const auto word = [&] {
    std::string out;
    for (auto n = random() % 9; n > 0; --n) out += kAlphabet[random() % kAlphabet.size()];
    return out;
  };
  switch (depth == 0 ? random() % 4 : random() % 7) {
    case 0:
      return word();
    case 1:
      return static_cast<std::int64_t>(random()) - (1LL << 31);
    case 2:
      return static_cast<double>(random()) / 1024;
    case 3:
      return random() % 3 == 0 ? Json(nullptr) : Json(random() % 2 == 0);
    case 4: {
      Json out = Json::array();
      for (auto n = random() % 4; n > 0; --n) out.push_back(random_tree(random, depth - 1));
      return out;
    }
    default: {
      Json out = Json::object();
      for (auto n = random() % 4; n > 0; --n) out[word()] = random_tree(random, depth - 1);
      return out;
    }
  }
}

TEST(Yaml, ReadsBackWhateverItWrites) {
  std::mt19937 random(7);
  for (int i = 0; i < 3000 && !HasFailure(); ++i) expect_round_trip(random_tree(random, 5));
}

}  // namespace
}  // namespace visionops
