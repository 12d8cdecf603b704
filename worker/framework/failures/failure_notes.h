// What a log says of failures while it is read: the lines that rules name, the processes that torchrun's agent buried,
// and the exceptions. The verdict looks into it at the end.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "worker/contract/framework_run.h"
#include "worker/framework/failures/general_rules.h"
#include "worker/framework/failures/tracebacks.h"
#include "worker/framework/lines/expressions.h"

namespace visionops::framework {

/// A line that a rule named.
struct Noted {
  contract::FailureClass value = contract::FailureClass::Unknown;
  std::string line;
  std::string hint;
};

/// A process of several, as elastic's agent tells it: "failed (exitcode: -9) local_rank: 1", "exitcode  : -9 (pid:
/// 2860)".
struct BuriedRank {
  int exit_code = 0;  ///< below 0: the signal
  int rank = -1;
  std::string line;
};

class FailureNotes {
 public:
  /// Invalid: an expression or the name of a class.
  static Result<FailureNotes> make(const std::vector<contract::FailureRule>& own);

  /// Words of lines to be shown; those of own rules among them.
  [[nodiscard]] std::vector<std::string> words() const;
  /// `whole` as it stood, `text` without its rank; `began`: the training told of itself already.
  void take(std::string_view whole, std::string_view text, int rank, bool began);
  [[nodiscard]] bool wants_next() const { return tracebacks_.wants_next() || in_root_; }
  void end() { tracebacks_.end(); }

  /// By the runtime's rules: the first rule that matched a line, with its newest line.
  [[nodiscard]] std::optional<Noted> own() const;
  /// By the rules that match anywhere: the first in the table, with its first line.
  [[nodiscard]] std::optional<Noted> anywhere() const;
  /// The line that says that the run does not go on although it lives.
  [[nodiscard]] const std::optional<Noted>& lost() const { return lost_; }
  [[nodiscard]] const std::string& resume_not_applied() const { return resume_not_applied_; }
  [[nodiscard]] const std::deque<Raised>& raised() const { return tracebacks_.raised(); }
  /// What an exception says by the general rules, its message included.
  [[nodiscard]] std::optional<Noted> definite(const Raised& raised) const;
  [[nodiscard]] const std::vector<BuriedRank>& buried() const { return buried_; }
  /// Of the block "Root Cause (first observed failure)" of the newest attempt.
  [[nodiscard]] const std::optional<BuriedRank>& root() const { return root_; }
  [[nodiscard]] const std::string& waiting_frame() const { return tracebacks_.waiting_frame(); }
  [[nodiscard]] const std::string& innermost_frame() const { return tracebacks_.innermost_frame(); }
  /// Whether the text is worth a word to people.
  [[nodiscard]] bool warns(std::string_view text) const;

 private:
  struct Compiled;
  explicit FailureNotes(std::shared_ptr<const Compiled> compiled);
  void bury(std::string_view text);
  void root_cause(std::string_view text);
  void resume(std::string_view text, bool began);

  std::shared_ptr<const Compiled> compiled_;
  Tracebacks tracebacks_;
  std::vector<std::string> own_lines_;
  std::vector<std::string> anywhere_lines_;
  std::optional<Noted> lost_;
  std::string resume_not_applied_;
  std::vector<BuriedRank> buried_;
  std::optional<BuriedRank> root_;
  bool in_root_ = false;
  int root_rank_ = -1;
  int root_lines_ = 0;
  std::int64_t order_ = 0;
};

}  // namespace visionops::framework
