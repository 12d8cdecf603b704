#include "operator/present/wait_condition.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/json.h"

namespace visionops::commands {

namespace {

constexpr std::string_view kConditionWord = "condition=";
constexpr std::string_view kPathWord = "jsonpath=";

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool has_condition(const Json& object, const std::string& type, const std::string& wanted) {
  const auto status = object.value("status", Json::object());
  const auto generation = object["metadata"].value("generation", std::int64_t{0});
  for (const auto& condition : status.value("conditions", Json::array())) {
    if (!same_word(text_of(condition, "type"), type)) continue;
    const bool current = condition.value("observedGeneration", generation) >= generation;
    return current && same_word(text_of(condition, "status"), wanted);
  }
  return false;
}

struct Unit {
  std::string_view name;
  Duration length;
};
constexpr std::array kUnits{Unit{"ms", Duration(1)}, Unit{"s", Duration(1000)}, Unit{"m", Duration(60'000)},
                            Unit{"h", Duration(3'600'000)}, Unit{"", Duration(1000)}};

}  // namespace

Result<WaitCondition> WaitCondition::parse(const std::string& text) {
  WaitCondition out;
  if (text == "delete" || text == "create") {
    out.kind_ = text == "delete" ? Kind::Delete : Kind::Create;
    return out;
  }
  if (text.starts_with(kConditionWord)) {
    const std::string rest = text.substr(kConditionWord.size());
    const auto equal = rest.find('=');
    out.kind_ = Kind::Condition;
    out.type_ = rest.substr(0, equal);
    out.wanted_ = equal == std::string::npos ? "True" : rest.substr(equal + 1);
    if (!out.type_.empty() && !out.wanted_.empty()) return out;
  }
  const auto close = text.rfind('}');
  if (text.starts_with(kPathWord) && close != std::string::npos) {
    auto path = JsonPath::parse(text.substr(kPathWord.size(), close + 1 - kPathWord.size()));
    if (!path) return path.error();
    const bool compares = close + 1 < text.size();
    if (compares && text[close + 1] != '=') return invalid_error("--for: expected = behind }");
    out.kind_ = Kind::Path;
    out.path_ = *std::move(path);
    out.wanted_ = compares ? text.substr(close + 2) : "";
    return out;
  }
  return invalid_error("--for: \"" + text +
                       "\" is none of condition=TYPE[=STATUS], delete, create, jsonpath={PATH}[=VALUE]");
}

bool WaitCondition::holds(const cluster::Object* object) const {
  if (kind_ == Kind::Delete) return object == nullptr;
  if (object == nullptr) return false;
  if (kind_ == Kind::Create) return true;
  const Json json = cluster::encode(*object);
  if (kind_ == Kind::Condition) return has_condition(json, type_, wanted_);
  const auto found = path_->print(json);
  return wanted_.empty() ? !found.empty() : found == wanted_;
}

std::string WaitCondition::done_words() const { return kind_ == Kind::Delete ? "deleted" : "condition met"; }

Result<Duration> parse_duration(const std::string& text) {
  Duration sum{0};
  std::string_view rest = text;
  while (!rest.empty()) {
    double number = 0;
    const auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const auto letters = std::min(rest.find_first_not_of("hms"), rest.size());
    const auto unit = std::ranges::find(kUnits, rest.substr(0, letters), &Unit::name);
    const bool bare = letters == 0 && !rest.empty();
    if (failure != std::errc{} || unit == kUnits.end() || bare || number < 0 || number > 1e9)
      return invalid_error("\"" + text + "\" is no duration; for example 30s, 5m or 1h30m");
    sum += Duration(static_cast<std::int64_t>(number * static_cast<double>(unit->length.count())));
    rest.remove_prefix(letters);
  }
  if (text.empty()) return invalid_error("a duration is missing; for example 30s");
  return sum;
}

}  // namespace visionops::commands
