#include "worker/framework/verdict.h"

#include <algorithm>
#include <array>

#include "worker/framework/failures/by_kind.h"
#include "worker/framework/metric_health.h"

namespace visionops::framework {

namespace {

using contract::FailureClass;
using enum contract::FailureClass;

constexpr int kInterrupt = 2;
constexpr int kAbort = 6;
constexpr int kBus = 7;
constexpr int kKill = 9;
constexpr int kUser1 = 10;
constexpr int kTerminate = 15;

Verdict failed(FailureClass value, std::string_view evidence, std::string hint = {}) {
  return {false, value, evidence_of(evidence), std::move(hint)};
}

Verdict failed(const Noted& noted) { return failed(noted.value, noted.line, noted.hint); }

int signal_of(const ExitFacts& facts) {
  if (facts.signal != 0) return facts.signal;
  return facts.exit_code > 128 && facts.exit_code <= 128 + 64 ? facts.exit_code - 128 : 0;
}

/// The last word that told something of the run; else what the kind of failure is proven by.
Verdict by_last_word(FailureClass value, const Told& told) { return failed(value, told.story.last_word()); }

bool is(const Noted& noted, FailureClass value) { return noted.value == value; }

/// Of one that started others and found them dead.
bool is_launcher(const Raised& raised) {
  const bool command = raised.text.find("CalledProcessError") != std::string::npos;
  return command || raised.text.find("ChildFailedError") != std::string::npos;
}

/// The exception that ended the process: the newest, those aside only when there is no other. `rank` -1: of any.
const Raised* last_raised(const FailureNotes& notes, int rank) {
  const Raised* main = nullptr;
  const Raised* aside = nullptr;
  for (const auto& raised : notes.raised()) {
    if (rank >= 0 && raised.rank != rank) continue;
    auto& kept = raised.aside || is_launcher(raised) ? aside : main;
    if (kept == nullptr || raised.order > kept->order) kept = &raised;
  }
  return main != nullptr ? main : aside;
}

/// What an exception says by rules; when it says nothing, what those say that it came out of.
std::optional<Noted> definite_of_chain(const FailureNotes& notes, const Raised& last) {
  const auto& all = notes.raised();
  auto at = std::find_if(all.begin(), all.end(), [&](const Raised& r) { return &r == &last; });
  for (;; --at) {
    if (at->rank == last.rank) {
      if (auto noted = notes.definite(*at)) {
        noted->line = last.line;
        return noted;
      }
      if (!at->chained) return std::nullopt;
    }
    if (at == all.begin()) return std::nullopt;
  }
}

/// What is known to be so, with the line that says it, if any does.
Verdict by_word_for(FailureClass value, const Told& told) {
  for (auto raised = told.notes.raised().rbegin(); raised != told.notes.raised().rend(); ++raised) {
    const auto noted = told.notes.definite(*raised);
    if (noted && is(*noted, value)) return failed(*noted);
  }
  const auto anywhere = told.notes.anywhere();
  return anywhere && is(*anywhere, value) ? failed(*anywhere) : by_last_word(value, told);
}

/// A GPU that stops, or ranks that lose each other, say that something happened before: a line may say what.
bool is_symptom(const Noted& noted) { return is(noted, CudaError) || is(noted, NcclTimeout); }

Verdict by_definite(const Told& told, const Noted& noted) {
  const auto anywhere = told.notes.anywhere();
  return failed(is_symptom(noted) && anywhere && !is_symptom(*anywhere) ? *anywhere : noted);
}

/// A rank that a signal ended: a kill, a crash.
Verdict of_buried(const BuriedRank& rank, const Told& told, const ExitFacts& facts) {
  const int signal = -rank.exit_code;
  if (signal == kKill) return failed(facts.oom_killed ? HostOOM : RankKilled, rank.line);
  if (signal == kBus) return failed(ShmTooSmall, rank.line);
  if (signal == kTerminate) return failed(Terminated, rank.line);
  if (signal == kInterrupt) return failed(Cancelled, rank.line);
  if (const auto noted = told.notes.anywhere()) return failed(*noted);
  const auto* raised = last_raised(told.notes, rank.rank);
  const auto noted = raised != nullptr ? told.notes.definite(*raised) : std::nullopt;
  return noted ? failed(*noted) : failed(Crash, rank.line);
}

/// What any rank says that is no symptom.
std::optional<Noted> definite_of_others(const FailureNotes& notes) {
  for (const auto& raised : notes.raised()) {
    if (raised.aside || is_launcher(raised)) continue;
    const auto noted = notes.definite(raised);
    if (noted && !is_symptom(*noted)) return noted;
  }
  return std::nullopt;
}

/// Under torchrun the innocent ranks speak first; its agent says who was the first to fall.
std::optional<Verdict> by_root_cause(const Told& told, const ExitFacts& facts) {
  const auto& notes = told.notes;
  const auto& root = notes.root();
  if (root && root->exit_code < 0) return of_buried(*root, told, facts);
  const auto killed = std::find_if(notes.buried().begin(), notes.buried().end(), [](const BuriedRank& rank) {
    return rank.exit_code < 0 && rank.exit_code != -kTerminate;
  });
  if (!root && killed == notes.buried().end()) return std::nullopt;
  const Raised* raised = root ? last_raised(notes, root->rank) : nullptr;
  if (raised == nullptr) raised = last_raised(notes, -1);
  const auto noted = raised != nullptr ? definite_of_chain(notes, *raised) : std::nullopt;
  // One that lost the others says nothing of why they went.
  const bool lost_others = !noted || is(*noted, NcclTimeout);
  if (lost_others && killed != notes.buried().end()) return of_buried(*killed, told, facts);
  if (lost_others) {
    if (const auto other = definite_of_others(notes)) return failed(*other);
  }
  if (noted) return by_definite(told, *noted);
  return raised != nullptr ? std::optional(failed(class_by_kind(*raised), raised->line)) : std::nullopt;
}

/// What the wrapper did itself, and what the kernel did.
std::optional<Verdict> by_signal(const Told& told, const ExitFacts& facts) {
  const int signal = signal_of(facts);
  if (facts.signal_sent == kTerminate || signal == kTerminate) return by_word_for(Terminated, told);
  if (signal == kKill) return by_last_word(facts.oom_killed ? HostOOM : Killed, told);
  if (facts.signal_sent == kInterrupt || signal == kInterrupt) return by_word_for(Cancelled, told);
  if (signal == kUser1) return by_last_word(RetryRequested, told);
  return std::nullopt;
}

/// Ended by a signal that programs give themselves: an abort, a crash.
Verdict by_crash(const Told& told, int signal) {
  if (const auto noted = told.notes.anywhere()) return failed(*noted);
  if (const auto* raised = last_raised(told.notes, -1)) {
    if (const auto noted = definite_of_chain(told.notes, *raised)) return failed(*noted);
  }
  if (signal == kBus) return by_last_word(ShmTooSmall, told);
  if (signal == kAbort && !told.notes.waiting_frame().empty()) return failed(Hung, told.notes.waiting_frame());
  return failed(Crash, told.story.last_word().empty() ? told.last_line : told.story.last_word());
}

/// An exception that no rule knows. A loss that was lost before explains it.
Verdict by_exception(const Told& told, const Raised& raised) {
  const auto value = class_by_kind(raised);
  const auto* broken = told.story.not_a_number();
  if (broken != nullptr && (value == UserError || value == DataError)) {
    return failed(NaN, broken->line.empty() ? broken->row : broken->line);
  }
  return failed(value, raised.line);
}

Verdict by_exit_code(const Told& told, const ExitFacts& facts) {
  if (facts.exit_code == 126 || facts.exit_code == 127) return failed(EnvironmentError, told.last_line);
  if (facts.exit_code == 2) return failed(UserError, told.last_line);
  return failed(Unknown, told.last_line);
}

/// Python was asked for its stacks; a program that is stopped, or another one, has none to show.
Verdict of_hung(const Told& told) {
  const auto& notes = told.notes;
  const auto& frame = notes.waiting_frame().empty() ? notes.innermost_frame() : notes.waiting_frame();
  return frame.empty() ? by_last_word(Hung, told) : failed(Hung, frame);
}

/// Why a process with another exit code than 0 failed.
Verdict by_log(const Told& told, const ExitFacts& facts) {
  if (auto verdict = by_root_cause(told, facts)) return *verdict;
  if (const auto noted = told.notes.own()) return failed(*noted);
  const auto* raised = last_raised(told.notes, -1);
  if (raised != nullptr) {
    if (const auto noted = definite_of_chain(told.notes, *raised)) return by_definite(told, *noted);
  }
  if (const auto noted = told.notes.anywhere()) return failed(*noted);
  return raised != nullptr ? by_exception(told, *raised) : by_exit_code(told, facts);
}

/// With exit code 0, and every epoch done or nobody knows how many there are.
Verdict of_whole_run(const Told& told) {
  if (const auto* broken = told.story.not_a_number()) {
    return failed(NaN, broken->line.empty() ? broken->row : broken->line);
  }
  if (!told.notes.resume_not_applied().empty()) return failed(ResumeNotApplied, told.notes.resume_not_applied());
  const std::int32_t first = told.story.first_epoch();
  if (told.resumed_from_epoch > 0 && first > 0 && first <= told.resumed_from_epoch) {
    return failed(ResumeNotApplied, told.story.first_word());
  }
  Verdict verdict;
  verdict.finished = true;
  return verdict;
}

/// Exit code 0 before the last epoch.
Verdict of_part(const Told& told, const ExitFacts& facts) {
  if (auto verdict = by_signal(told, facts)) return *verdict;
  if (const auto noted = told.notes.own()) return failed(*noted);
  const auto anywhere = told.notes.anywhere();
  if (anywhere) return failed(*anywhere);
  auto verdict = by_last_word(Unknown, told);
  verdict.hint = "the trainer ended by itself with exit code 0 after " + std::to_string(told.story.position().done) +
                 " of " + std::to_string(told.story.position().epochs) +
                 " epochs; if it stops early by its own rules, let it say so in its log";
  return verdict;
}

/// A run that told nothing of itself, or nothing but a line for each epoch up to the last, is believed its exit code,
/// unless it was stopped.
bool is_whole(const Told& told, const ExitFacts& facts) {
  if (told.story.said_finished() || told.story.all_done()) return true;
  const auto& position = told.story.position();
  const bool counts = told.story.began() && (position.epochs > 0 || position.steps > 0);
  if (counts && !told.story.in_last_epoch_without_parts()) return false;
  const auto anywhere = told.notes.anywhere();
  const bool stopped = anywhere && (is(*anywhere, Terminated) || is(*anywhere, Cancelled));
  return facts.signal_sent == 0 && !stopped;
}

/// A process of the run was killed for memory: the log may blame anything that came of it.
bool comes_of_kill(FailureClass value) {
  return value == WorkerKilled || value == RankKilled || value == NcclTimeout || value == Unknown || value == UserError;
}

}  // namespace

Verdict judge(const Told& told, const ExitFacts& facts) {
  const int signal = signal_of(facts);
  const bool whole = is_whole(told, facts);
  if (facts.exit_code == 0 && signal == 0 && !facts.hung && whole) return of_whole_run(told);
  if (const auto& lost = told.notes.lost()) return failed(*lost);
  if (facts.hung) return of_hung(told);
  if (facts.exit_code == 0 && signal == 0) return of_part(told, facts);
  if (auto verdict = by_signal(told, facts)) return *verdict;
  auto verdict = signal != 0 ? by_crash(told, signal) : by_log(told, facts);
  if (facts.oom_killed && comes_of_kill(*verdict.failure)) verdict = failed(HostOOM, verdict.evidence);
  return verdict;
}

}  // namespace visionops::framework
