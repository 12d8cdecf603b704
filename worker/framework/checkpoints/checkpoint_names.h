// What the path of a checkpoint tells by the rules of a runtime file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "worker/contract/framework_run.h"

namespace visionops::framework {

struct CheckpointName {
  std::size_t rule = 0;    ///< its index among the rules
  std::int32_t epoch = 0;  ///< 1-based: whose end it holds; 0: the path does not say
  std::int64_t step = 0;   ///< RunReader::epoch_of_step knows the epoch; 0: the path does not say
};

class CheckpointNames {
 public:
  /// Invalid: an expression of a rule.
  static Result<CheckpointNames> make(std::vector<contract::CheckpointRule> rules);
  CheckpointNames(CheckpointNames&&) noexcept;
  CheckpointNames& operator=(CheckpointNames&&) noexcept;
  ~CheckpointNames();

  /// By the first rule that names the path; nullopt: no checkpoint. For a rule with completeBy the path is the folder.
  [[nodiscard]] std::optional<CheckpointName> read(std::string_view path) const;
  [[nodiscard]] const std::vector<contract::CheckpointRule>& rules() const;

 private:
  struct State;
  explicit CheckpointNames(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace visionops::framework
