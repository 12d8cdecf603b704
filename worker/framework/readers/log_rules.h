// The lines that a runtime file describes by expressions (LogRule), and the one that only a whole run says.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "worker/contract/framework_run.h"
#include "worker/framework/story.h"

namespace visionops::framework {

class LogRules {
 public:
  /// Invalid: an expression, or a group that says nothing.
  static Result<LogRules> make(const std::vector<contract::LogRule>& rules, const std::string& finished);
  LogRules(LogRules&&) noexcept;
  LogRules& operator=(LogRules&&) noexcept;
  ~LogRules();

  [[nodiscard]] const std::vector<std::string>& words() const;
  /// The first rule that matches tells; true when one did.
  bool read(std::string_view line, Story& story) const;

 private:
  struct State;
  explicit LogRules(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace visionops::framework
