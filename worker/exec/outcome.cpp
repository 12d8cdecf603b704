#include "worker/exec/outcome.h"

#include <signal.h>

#include <utility>

namespace visionops::exec {

namespace {

using contract::ExitCode;
using contract::FailureClass;

constexpr int kNothingSaid = static_cast<int>(ExitCode::Unfinished);  // the operator reads no class out of it

/// Where the process said that all was well.
int status_of(FailureClass failure) {
  if (failure == FailureClass::NaN) return static_cast<int>(ExitCode::Diverged);
  const auto code = contract::exit_code_of(failure);
  return code ? static_cast<int>(*code) : kNothingSaid;
}

std::string how_it_ended(const Ending& ending) {
  if (ending.hung) return "the trainer gave no sign of life and was ended";
  if (ending.oom_kills > 0)
    return "the kernel ended a process of the trainer because the memory of the container ran out";
  if (ending.signal > 0) return "the trainer was ended by signal " + std::to_string(ending.signal);
  return "the trainer ended with exit code " + std::to_string(ending.exit_code);
}

}  // namespace

framework::ExitFacts facts_of(const Ending& ending) {
  framework::ExitFacts facts;
  facts.exit_code = ending.exit_code;
  facts.signal = ending.signal;
  facts.oom_killed = ending.oom_kills > 0;
  facts.signal_sent = ending.signal_sent;
  facts.hung = ending.hung;
  return facts;
}

Outcome failed(FailureClass failure, const std::string& message, const std::string& field) {
  Outcome out{status_of(failure), {}};
  out.result.error = contract::error_result(failure, message, field);
  return out;
}

Outcome failed(const Error& error, const std::string& field) {
  const auto code = contract::exit_code_of(error.cls);
  Outcome out{static_cast<int>(code), {}};
  out.result.error = contract::error_result(code, error.message, field);
  return out;
}

Outcome failed(const framework::Verdict& verdict, const Ending& ending) {
  const auto failure = verdict.failure.value_or(FailureClass::Unknown);
  auto out = failed(failure, verdict.evidence.empty() ? how_it_ended(ending) : verdict.evidence);
  if (!verdict.hint.empty()) out.result.error->hint = verdict.hint;
  if (failure == FailureClass::Terminated || ending.status() == 0) return out;
  out.status = ending.status();
  // A trainer may end with any code. One of ours would be read as our word where the class is none that is reported.
  const bool ours = contract::failure_class_of_status(out.status).has_value();
  if (ours && !contract::meaning_of(failure).reported) out.status = kNothingSaid;
  return out;
}

std::int32_t epochs_wanted(const contract::TrainRun& run) {
  return run.framework && run.framework->values.contains("epochs") ? run.epochs : 0;
}

contract::TrainFacts facts_of(const Finished& finished, const contract::TrainRun& run, Metrics metrics) {
  contract::TrainFacts facts;
  facts.epochs = finished.epochs_done > 0 ? finished.epochs_done : finished.last.epoch;
  facts.best_epoch = finished.model.epoch;
  facts.metrics = std::move(metrics);
  facts.best_metric = run.early_stopping_metric.empty() ? main_metric(facts.metrics) : run.early_stopping_metric;
  if (const auto it = facts.metrics.find(facts.best_metric); it != facts.metrics.end()) facts.best_value = it->second;
  facts.model = finished.model;
  facts.last = finished.last;
  facts.early_stopped = finished.epochs_done > 0 && finished.epochs_done < epochs_wanted(run);
  facts.resumed_from_epoch = finished.resumed_from_epoch;
  facts.image_size = run.image_size;
  return facts;
}

}  // namespace visionops::exec
