#include "base/yaml/yaml_json.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "base/json.h"
#include "base/yaml/value_count.h"
#include "base/yaml/yaml_scalar.h"

namespace visionops {
namespace {

constexpr std::size_t kMaxPathTold = 512;  // bytes; what lies deeper is told with the line of what lies around it

std::string step_below(const std::string& path, const std::string& step) {
  return path.size() + step.size() > kMaxPathTold ? path : path + step;
}

/// Thrown and caught inside this file only: the tree is walked recursively.
struct Refused {
  YamlError error;
};

class Converter {
 public:
  Converter(int first_line, YamlLines& lines) : first_line_(first_line), lines_(lines) {}

  Json convert(const YAML::Node& node, const std::string& path, std::size_t depth) {
    if (++nodes_ > kMaxYamlValues)
      refuse(node, "the document has more than " + std::to_string(kMaxYamlValues) + " values");
    if (depth > kMaxYamlDepth) refuse(node, "the document is nested deeper than " + std::to_string(kMaxYamlDepth));
    lines_.emplace(path, line_of(node));
    switch (node.Type()) {
      case YAML::NodeType::Map:
        return convert_map(node, path, depth);
      case YAML::NodeType::Sequence:
        return convert_list(node, path, depth);
      case YAML::NodeType::Scalar:
        return convert_scalar(node);
      case YAML::NodeType::Null:
      case YAML::NodeType::Undefined:
        break;
    }
    return nullptr;
  }

 private:
  Json convert_map(const YAML::Node& node, const std::string& path, std::size_t depth) {
    Json out = Json::object();
    Json below = Json::object();
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) refuse(entry.first, "a key must be a plain text");
      const std::string& key = entry.first.Scalar();
      if (key == "<<" && entry.first.Tag() == "?") {
        merge(entry.second, path, depth, below);
        continue;
      }
      if (out.contains(key)) refuse(entry.first, "the key \"" + key + "\" stands there twice");
      const std::string here = step_below(path, path.empty() ? key : "." + key);
      lines_.emplace(here, line_of(entry.first));
      out[key] = convert(entry.second, here, depth + 1);
    }
    for (auto& [key, value] : below.items()) out.emplace(key, std::move(value));
    return out;
  }

  /// A merge key (yaml.org/type/merge.html): fields of other mappings, weaker than the own ones and
  /// than those of mappings named earlier.
  void merge(const YAML::Node& source, const std::string& path, std::size_t depth, Json& below) {
    if (source.IsSequence()) {
      for (const auto& item : source) {
        if (!item.IsMap()) refuse(item, "<< must name mappings");
        merge(item, path, depth + 1, below);
      }
      return;
    }
    if (!source.IsMap()) refuse(source, "<< must name a mapping");
    const Json fields = convert(source, path, depth + 1);
    for (const auto& [key, value] : fields.items()) below.emplace(key, value);
  }

  Json convert_list(const YAML::Node& node, const std::string& path, std::size_t depth) {
    Json out = Json::array();
    for (const auto& item : node)
      out.push_back(convert(item, step_below(path, "[" + std::to_string(out.size()) + "]"), depth + 1));
    return out;
  }

  /// "?" marks a plain scalar, "!" a quoted one.
  Json convert_scalar(const YAML::Node& node) {
    const std::string& tag = node.Tag();
    if (tag.empty() || tag == "?") return plain_scalar(node.Scalar());
    if (tag == "!" || tag == "tag:yaml.org,2002:str") return node.Scalar();
    refuse(node, "the tag " + tag + " is not supported");
  }

  [[nodiscard]] int line_of(const YAML::Node& node) const { return first_line_ + std::max(node.Mark().line, 0); }
  [[noreturn]] void refuse(const YAML::Node& node, std::string message) const {
    throw Refused{{line_of(node), std::move(message)}};
  }

  int first_line_;
  YamlLines& lines_;
  std::size_t nodes_ = 0;
};

}  // namespace

bool parse_yaml(const std::string& text, int first_line, Json& out, YamlLines& lines, YamlError& error) {
  if (auto much = more_values_than(kMaxYamlValues, text, first_line)) {
    error = *std::move(much);
    return false;
  }
  try {
    out = Converter(first_line, lines).convert(YAML::Load(text), "", 0);
    return true;
  } catch (const Refused& refused) {
    error = refused.error;
  } catch (const YAML::Exception& failure) {
    error = {first_line + std::max(failure.mark.line, 0), failure.msg};
  } catch (const std::exception& failure) {
    error = {first_line, failure.what()};
  }
  return false;
}

}  // namespace visionops
