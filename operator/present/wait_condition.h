// --for of kubectl wait. PURE.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "operator/cluster/cluster_api.h"
#include "operator/present/json_path.h"

namespace visionops::commands {

class WaitCondition {
 public:
  /// "condition=Ready", "condition=Stalled=False", "delete", "create", "jsonpath={.status.phase}=Succeeded".
  static Result<WaitCondition> parse(const std::string& text);

  /// `object` is nullptr when there is none. A condition that tells of an older spec does not count.
  [[nodiscard]] bool holds(const cluster::Object* object) const;
  /// "condition met", as kubectl says it.
  [[nodiscard]] std::string done_words() const;

 private:
  enum class Kind { Condition, Delete, Create, Path } kind_ = Kind::Create;
  std::string type_;
  std::string wanted_;
  std::optional<JsonPath> path_;
};

/// "30s", "5m", "1h30m", "500ms", or seconds. Invalid for other texts.
Result<Duration> parse_duration(const std::string& text);

}  // namespace visionops::commands
