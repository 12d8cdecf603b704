#include "operator/present/label_selector.h"

#include <algorithm>

namespace visionops::commands {

namespace {

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

/// At commas that stand in no parentheses.
std::vector<std::string> demands_in(const std::string& text) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (const char c : text) {
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == ',' && depth == 0) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

bool is_label_text(const std::string& text) {
  return std::ranges::all_of(
      text, [](unsigned char c) { return std::isalnum(c) || c == '.' || c == '/' || c == '-' || c == '_'; });
}

}  // namespace

Result<LabelSelector::Demand> LabelSelector::parse_demand(const std::string& text) {
  Demand demand;
  const auto open = text.find('(');
  if (open != std::string::npos && text.ends_with(")")) {
    const std::string head = trimmed(text.substr(0, open));
    const auto space = head.find_last_of(" \t");
    const std::string word = space == std::string::npos ? "" : head.substr(space + 1);
    if (word != "in" && word != "notin") return invalid_error("-l: \"" + text + "\": expected NAME in (A, B)");
    demand.name = trimmed(head.substr(0, space));
    demand.wanted = word == "in";
    for (const auto& value : demands_in(text.substr(open + 1, text.size() - open - 2)))
      demand.values.push_back(trimmed(value));
  } else if (const auto equal = text.find('='); equal != std::string::npos) {
    demand.wanted = equal == 0 || text[equal - 1] != '!';
    demand.name = trimmed(text.substr(0, demand.wanted ? equal : equal - 1));
    demand.values.push_back(trimmed(text.substr(text.compare(equal, 2, "==") == 0 ? equal + 2 : equal + 1)));
  } else {
    demand.wanted = !text.starts_with("!");
    demand.name = trimmed(demand.wanted ? text : text.substr(1));
  }
  const bool sound =
      !demand.name.empty() && is_label_text(demand.name) && std::ranges::all_of(demand.values, is_label_text);
  if (!sound) return invalid_error("-l: \"" + text + "\" is no selector; for example team=a,stage!=test");
  return demand;
}

Result<LabelSelector> LabelSelector::parse(const std::string& text) {
  LabelSelector selector;
  if (trimmed(text).empty()) return selector;
  for (const auto& part : demands_in(text)) {
    auto demand = parse_demand(trimmed(part));
    if (!demand) return demand.error();
    selector.demands_.push_back(*std::move(demand));
  }
  return selector;
}

bool LabelSelector::matches(const std::map<std::string, std::string>& labels) const {
  return std::ranges::all_of(demands_, [&](const Demand& demand) {
    const auto found = labels.find(demand.name);
    const bool is_so =
        found != labels.end() &&
        (demand.values.empty() || std::ranges::find(demand.values, found->second) != demand.values.end());
    return is_so == demand.wanted;
  });
}

}  // namespace visionops::commands
