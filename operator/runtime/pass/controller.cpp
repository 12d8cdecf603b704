#include "operator/runtime/pass/controller.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>

#include "operator/runtime/cache/kinds.h"
#include "operator/runtime/cache/resource_facts.h"
#include "operator/runtime/pass/apply_action.h"

namespace visionops::runtime {
namespace {

using cluster::Object;
using cluster::ObjectKey;
using Outcome = PassOutcome::Kind;

/// The watch usually brings an own write back within milliseconds and wakes the key itself.
constexpr Duration kUnsettledPoll{50};
/// Guards against a decision that asks to be repeated without a pause.
constexpr Duration kShortestRecheck{10};
/// An event of the API holds 1,024 bytes.
constexpr std::size_t kMaxEventMessage = 1'000;

PassOutcome outcome_of(const Error& error) {
  switch (error.cls) {
    case ErrorClass::Conflict:
      return {Outcome::Conflict, {}, error};
    // The resource went away under our hands; its watch event tells the rest.
    case ErrorClass::NotFound:
      return {};
    default:
      return {Outcome::Failed, {}, error};
  }
}

std::string_view result_label(Outcome kind) {
  switch (kind) {
    case Outcome::Done:
      return "success";
    case Outcome::Later:
      return "requeue_after";
    case Outcome::Unsettled:
    case Outcome::Conflict:
      return "requeue";
    case Outcome::Refused:
    case Outcome::Failed:
      return "error";
  }
  return "error";
}

/// A Job is the evidence of its attempt: what follows from it is stored before it goes, or the next pass
/// (after a crash, a lost reply) would find no Job and start the same attempt again.
bool deletes(const Intent& intent) {
  return std::ranges::any_of(intent.actions,
                             [](const core::Action& a) { return std::holds_alternative<core::DeleteJob>(a); });
}

/// The last finalizer was taken from a resource under deletion: it no longer exists.
bool is_gone(const Object& resource) {
  const auto& meta = cluster::meta_of(resource);
  return meta.deletion_timestamp && meta.finalizers.empty();
}

}  // namespace

Controller::Controller(ClusterWriter& writer, PodCatchUp& pods, StartWarnings& start_warnings,
                       RefusedCreates& refused_creates, SharedWorkQueue& queue, TelemetryBoard& board,
                       Surroundings surroundings, const Outlets& outlets)
    : writer_(writer),
      pods_(pods),
      start_warnings_(start_warnings),
      refused_creates_(refused_creates),
      queue_(queue),
      board_(board),
      surroundings_(surroundings),
      outlets_(outlets) {}

void Controller::work(const WorkItem& item) {
  const auto controller = kind_name(item.key.kind);
  const auto began = std::chrono::steady_clock::now();
  notify(outlets_.observers.active_workers, controller, +1);
  const PassOutcome outcome = guarded_pass(item.key);
  reschedule(item.key, outcome);
  queue_.done(item.key);
  notify(outlets_.observers.active_workers, controller, -1);
  notify(outlets_.observers.passed,
         PassSample{controller, result_label(outcome.kind), std::chrono::steady_clock::now() - began});
}

PassOutcome Controller::guarded_pass(const ObjectKey& key) {
  try {
    return pass(key);
  } catch (const std::exception& e) {
    return {Outcome::Failed, {}, internal_error(std::string("unexpected exception: ") + e.what())};
  } catch (...) {
    return {Outcome::Failed, {}, internal_error("unexpected exception of unknown type")};
  }
}

PassOutcome Controller::pass(const ObjectKey& key) {
  const auto settled = writer_.settled(key);
  if (!settled) return outcome_of(settled.error());
  if (!*settled) return {Outcome::Unsettled, kUnsettledPoll, {}};
  if (const Status caught_up = pods_.catch_up(key); !caught_up) return outcome_of(caught_up.error());
  const ObjectPtr seen = surroundings_.cache.with([&](const ObjectCache& cache) { return cache.find(key); });
  if (!seen) {
    writer_.forget(key);
    pods_.forget(key);
    start_warnings_.forget(key);
    refused_creates_.forget(key);
    owed_.forget(key);
    refusals_.forget(key);
    return {};
  }
  start_warnings_.look(key);
  if (const auto owed = owed_.settle(*seen)) report(*owed);
  return carry_out(*seen, decide(*seen, surroundings_, surroundings_.clock.now()));
}

PassOutcome Controller::carry_out(const Object& seen, const Intent& intent) {
  if (const auto wait = refusals_.wait(seen, surroundings_.clock.now())) {
    return {Outcome::Later, std::max(*wait, kShortestRecheck), {}};
  }
  if (const auto wait = pace_.wait(seen, intent, surroundings_.clock.now())) {
    return {Outcome::Later, std::max(std::min(*wait, intent.check_again_in.value_or(*wait)), kShortestRecheck), {}};
  }
  Object resource = seen;
  PassWrites writes;
  const Status written = write(intent, resource, writes);
  if (writes.status_refused) return refuse(seen, intent, written.error());
  if (!written) {
    Object wanted = with_status(seen, intent.status);
    if (!same_status(seen, wanted))
      owed_.owe(cluster::key_of(seen), {std::move(wanted), intent.events, intent.records});
    return outcome_of(written.error());
  }
  if (writes.any) report({resource, intent.events, intent.records});
  if (is_finished(resource)) board_.evict(cluster::meta_of(resource).uid);
  if (!intent.check_again_in) return {};
  return {Outcome::Later, std::max(*intent.check_again_in, kShortestRecheck), {}};
}

Status Controller::write(const Intent& intent, Object& resource, PassWrites& writes) {
  const bool status_differs = !same_status(resource, with_status(resource, intent.status));
  const auto write_status = [&]() -> Status {
    if (!status_differs || is_gone(resource)) return {};
    Object wanted = with_status(resource, intent.status);
    const Status stored = writer_.write_status(wanted);
    writes.status_refused = !stored && stored.error().cls == ErrorClass::Invalid;
    if (!stored) return stored;
    resource = std::move(wanted);
    pace_.wrote(cluster::key_of(resource), surroundings_.clock.now());
    writes.any = true;
    return {};
  };
  // What a stale view takes for overdue or lost may have ended well: a Job is not deleted on its word.
  if (deletes(intent)) {
    if (const Status confirmed = writer_.confirm_children(intent.actions, resource); !confirmed) return confirmed;
  }
  if (intent.status_first || deletes(intent)) {
    if (const Status stored = write_status(); !stored) return stored;
    // The write was accepted for the version that was read: the view is not stale.
    return apply_all(intent, resource, writes.any, writes);
  }
  if (const Status applied = apply_all(intent, resource, false, writes); !applied) return applied;
  return write_status();
}

Status Controller::apply_all(const Intent& intent, Object& resource, bool live, PassWrites& writes) {
  for (const auto& action : intent.actions) {
    // A stale view (a lagging API server after a restart) must not create or delete anything.
    if (!live && needs_live_resource(action)) {
      if (const Status confirmed = writer_.confirm_live(resource); !confirmed) return confirmed;
      live = true;
    }
    if (const Status applied = writer_.apply(action, resource); !applied) {
      report_failure(action, resource, applied.error());
      return applied;
    }
    writes.any = true;
  }
  if (std::ranges::any_of(intent.actions, creates)) refused_creates_.made(cluster::key_of(resource));
  return {};
}

PassOutcome Controller::refuse(const Object& seen, const Intent& intent, const Error& error) {
  notify(outlets_.observers.status_refused, kind_name(cluster::kind_of(seen)));
  if (refusals_.refused(seen, surroundings_.clock.now())) {
    const std::string text = std::string(message_of(with_status(seen, intent.status))) +
                             "; this cannot be stored as status: " + error.message;
    outlets_.log->warn("{}: {}", to_string(cluster::key_of(seen)), text);
    writer_.emit(seen, {cluster::EventType::Warning, "StatusRefused", text.substr(0, kMaxEventMessage)});
  }
  return {Outcome::Refused, kRefusalPause, error};
}

void Controller::report(const Report& report) {
  for (const auto& event : report.events) writer_.emit(report.resource, event);
  if (outlets_.records && !report.records.empty()) outlets_.records(report.records);
}

void Controller::report_failure(const core::Action& action, const Object& resource, const Error& error) {
  if (error.cls == ErrorClass::Conflict || error.cls == ErrorClass::Cancelled) return;
  if (creates(action)) {
    refused_creates_.refused(cluster::key_of(resource), cluster::meta_of(resource).uid, error,
                             surroundings_.clock.now());
  }
  // Once per row of failures: the log has the others.
  if (queue_.failures(cluster::key_of(resource)) > 0) return;
  writer_.emit(resource, {cluster::EventType::Warning, std::string(failure_reason(action)),
                          error.message.substr(0, kMaxEventMessage)});
}

void Controller::reschedule(const ObjectKey& key, const PassOutcome& outcome) {
  switch (outcome.kind) {
    case Outcome::Done:
      return queue_.forget(key);
    case Outcome::Later:
      queue_.forget(key);
      return queue_.add_after(key, outcome.after);
    case Outcome::Refused:
    case Outcome::Unsettled:
      return queue_.add_after(key, outcome.after);
    case Outcome::Conflict:
    case Outcome::Failed:
      break;
  }
  const Duration wait = queue_.add_failed(key);
  const auto level = outcome.kind == Outcome::Conflict ? spdlog::level::debug : spdlog::level::warn;
  outlets_.log->log(level, "{}: {} ({}); next try in {} ms", to_string(key), outcome.error.message,
                    to_string(outcome.error.cls), wait.count());
}

}  // namespace visionops::runtime
