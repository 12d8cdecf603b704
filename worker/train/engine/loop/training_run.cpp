#include "worker/train/engine/loop/training_run.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <thread>
#include <utility>

#include "base/digest.h"
#include "worker/train/engine/checkpoints/checkpoint_folder.h"
#include "worker/train/engine/checkpoints/checkpoint_note.h"
#include "worker/train/engine/checkpoints/made_of.h"
#include "worker/train/engine/checkpoints/resume.h"
#include "worker/train/engine/loop/dataset_contents.h"
#include "worker/train/engine/loop/train_epoch.h"
#include "worker/train/engine/loop/training_report.h"

namespace visionops::train {
namespace {

using contract::ExitCode;
using contract::FailureClass;
using namespace std::chrono_literals;

constexpr auto kStoreWait = 60s;
constexpr auto kStorePoll = 100ms;

Outcome failed(ExitCode code, const Error& error) {
  Outcome outcome{code, {}};
  outcome.result.error = contract::error_result(code, error.message);
  return outcome;
}

/// A narrower word than that of the code, whose way out it keeps.
Outcome failed(ExitCode code, FailureClass failure, const Error& error) {
  auto outcome = failed(code, error);
  outcome.result.error->failure_class = enum_name(failure);
  return outcome;
}

Outcome failed(const Error& error) { return failed(contract::exit_code_of(error.cls), error); }

/// What ran out decides, not where: a full disk in the middle of an epoch is the store's fault.
Outcome failed_in_network(const Error& error, const TrainedNetwork& network) {
  if (error.cls != ErrorClass::OutOfMemory) return failed(error);
  const bool host = network.device() == "cpu";
  auto outcome = failed(ExitCode::Internal, host ? FailureClass::HostOOM : FailureClass::CudaOOM, error);
  outcome.result.error->hint = "Lower hyperparameters.batchSize or imageSize, or ask for more memory.";
  return outcome;
}

class TrainingRun {
 public:
  TrainingRun(TrainingSetup setup, PodCheckpoints pod, TrainEnvironment& environment)
      : setup_(std::move(setup)),
        lesson_(setup_.learner->lesson()),
        network_(setup_.learner->network()),
        pod_(std::move(pod)),
        environment_(environment),
        report_(environment) {}

  Outcome run();

 private:
  enum class Next { Epoch, Finish, Stopped, Diverged };

  Status start();
  Result<Next> one_epoch();
  Result<Next> end_epoch(std::chrono::steady_clock::time_point began, std::int64_t first_step);
  Result<Next> recover();
  Status save(bool best, bool final, const Metrics& metrics);
  Status save_partial_epoch();
  Result<Metrics> evaluate(Part part, std::int32_t epoch);
  Result<Metrics> evaluate_test();
  Outcome finish();
  Status load_best();
  std::optional<contract::StoredCheckpoint> where_stored(std::int32_t epoch, bool wait);

  [[nodiscard]] CheckpointNote note(bool finished) const;
  [[nodiscard]] ThisRun this_run() const { return {setup_.run, setup_.owner, lesson_.design, setup_.steps_per_epoch}; }
  [[nodiscard]] bool stopping() const { return environment_.stop.load(); }

  TrainingSetup setup_;
  const Lesson& lesson_;
  TrainedNetwork& network_;
  PodCheckpoints pod_;
  TrainEnvironment& environment_;
  TrainingReport report_;
  TrainProgress at_;
  std::string last_good_;        ///< the newest checkpoint's bytes, or those of the start
  std::int32_t last_saved_ = 0;  ///< epoch of the newest whole checkpoint; 0: none
  std::int32_t resumed_from_ = 0;
  bool early_stopped_ = false;
};

CheckpointNote TrainingRun::note(bool finished) const {
  return {1, lesson_.design, setup_.run.batch_size, setup_.run.seed, made_of(setup_.run), finished, at_};
}

/// Takes up an earlier attempt, another run's weights, or nothing.
Status TrainingRun::start() {
  report_.started(setup_);
  const auto found = find_start(this_run(), pod_, network_, [&](const std::string& text) { report_.remark(text); });
  if (!found) return found.error();
  at_ = found->progress;
  resumed_from_ = at_.epoch;
  last_saved_ = at_.epoch;
  early_stopped_ = found->finished && at_.epoch < setup_.run.epochs;
  auto bytes = network_.save(encode(note(false)));
  if (!bytes) return bytes.error();
  last_good_ = *std::move(bytes);
  return {};
}

Outcome TrainingRun::run() {
  if (const auto started = start(); !started) return failed(started.error());
  auto next = at_.epoch >= setup_.run.epochs || early_stopped_ ? Next::Finish : Next::Epoch;
  while (next == Next::Epoch) {
    const auto result = one_epoch();
    if (!result) return failed_in_network(result.error(), network_);
    next = *result;
  }
  if (next == Next::Diverged) {
    return failed(ExitCode::Diverged, FailureClass::NaN,
                  invalid_error("the loss became NaN or infinite in epoch " + std::to_string(at_.epoch + 1) +
                                ", again with half the learning rate"));
  }
  if (next == Next::Stopped) {
    return failed(ExitCode::Terminated, Error{ErrorClass::Cancelled, "stopped by SIGTERM; the state is saved"});
  }
  return finish();
}

Result<TrainingRun::Next> TrainingRun::one_epoch() {
  const auto began = std::chrono::steady_clock::now();
  const auto first_step = at_.step_in_epoch;
  const auto ended =
      train_epoch(setup_, at_, environment_.stop, [&] { report_.step(setup_, at_.epoch, at_.step_in_epoch); });
  if (!ended) return ended.error();
  if (*ended == EpochEnd::Diverged) return recover();
  if (*ended == EpochEnd::Complete) return end_epoch(began, first_step);
  const auto saved = save_partial_epoch();
  return saved ? Result(Next::Stopped) : saved.error();
}

/// Once, the newest good state gets a second chance at half the learning rate.
Result<TrainingRun::Next> TrainingRun::recover() {
  if (at_.learning_rate_factor < 1) return Next::Diverged;
  report_.remark("The loss became NaN or infinite in epoch " + std::to_string(at_.epoch + 1) +
                 ": back to the last checkpoint, with half the learning rate");
  const auto text = TrainedNetwork::read_note(last_good_);
  if (!text) return text.error();
  const auto good = decode_checkpoint_note(*text);
  if (!good) return good.error();
  if (const auto loaded = network_.load(last_good_); !loaded) return loaded.error();
  at_ = good->progress;
  at_.learning_rate_factor = 0.5;
  return Next::Epoch;
}

Result<TrainingRun::Next> TrainingRun::end_epoch(std::chrono::steady_clock::time_point began, std::int64_t first_step) {
  const auto epoch = at_.epoch + 1;
  const std::chrono::duration<double> training = std::chrono::steady_clock::now() - began;
  auto metrics = mean_losses(at_.losses, at_.step_in_epoch);
  auto measured = evaluate(Part::Val, epoch);
  if (!measured) return measured.error();
  metrics.merge(*measured);
  const Metrics quality = metrics;
  metrics["learning_rate"] = learning_rate_at(setup_, at_, at_.step_in_epoch - 1);
  const auto images = lesson_.samples - first_step * setup_.run.batch_size;
  metrics["images_per_second"] = static_cast<double>(images) / training.count();
  report_.epoch(setup_, epoch, metrics, std::chrono::steady_clock::now() - began);

  at_.epoch = epoch;
  at_.step_in_epoch = 0;
  at_.losses = {};
  const auto watched = quality.find(setup_.best_metric);
  const bool best = watched != quality.end() && at_.best.observe(setup_.stopping, epoch, watched->second);
  if (best) at_.best_metrics = quality;
  early_stopped_ = epoch < setup_.run.epochs && at_.best.exhausted(setup_.stopping, epoch);
  const bool final = early_stopped_ || epoch == setup_.run.epochs;
  if (best || final || epoch % setup_.run.checkpoint_every == 0) {
    if (const auto saved = save(best, final, quality); !saved) return saved.error();
  }
  if (early_stopped_) {
    report_.remark("No better " + setup_.best_metric + " for " + std::to_string(setup_.stopping.patience) +
                   " epochs: stops after epoch " + std::to_string(epoch));
  }
  return final ? Next::Finish : Next::Epoch;
}

Status TrainingRun::save(bool best, bool final, const Metrics& metrics) {
  auto bytes = network_.save(encode(note(final)));
  if (!bytes) return bytes.error();
  const auto name = checkpoint_name(at_.epoch);
  if (const auto written = pod_.write(name, *bytes); !written) return written;
  report_.checkpoint({name, at_.epoch, metrics, best, final});
  last_good_ = *std::move(bytes);
  last_saved_ = at_.epoch;
  pod_.sweep({name, checkpoint_name(at_.best.epoch)});
  return {};
}

/// Told to stop: what was done since the last checkpoint is not lost. It carries the number of the epoch
/// that it is in, so that the whole epoch's checkpoint replaces it.
Status TrainingRun::save_partial_epoch() {
  if (at_.step_in_epoch == 0 && last_saved_ == at_.epoch) return {};
  auto bytes = network_.save(encode(note(false)));
  if (!bytes) return bytes.error();
  const auto epoch = at_.step_in_epoch > 0 ? at_.epoch + 1 : at_.epoch;
  if (const auto written = pod_.write(checkpoint_name(epoch), *bytes); !written) return written;
  report_.checkpoint({checkpoint_name(epoch), epoch, {}, false, false});
  return {};
}

Result<Metrics> TrainingRun::evaluate(Part part, std::int32_t epoch) {
  if (!(part == Part::Val ? setup_.run.val : setup_.run.test)) return Metrics{};
  EvaluationWatch watch;
  watch.progress = [&](std::int64_t done, std::int64_t total) {
    report_.evaluating(epoch, setup_.run.epochs, done, total);
  };
  watch.remark = [&](const std::string& text) { report_.remark(text); };
  return setup_.learner->evaluate(part, watch);
}

/// The best model, which must be loaded, on the test set; by names of its own.
Result<Metrics> TrainingRun::evaluate_test() {
  const auto measured = evaluate(Part::Test, at_.best.epoch);
  if (!measured) return measured.error();
  Metrics named;
  for (const auto& [name, value] : *measured) named["test_" + name] = value;
  return named;
}

Status TrainingRun::load_best() {
  const auto bytes = read_checkpoint(this_run(), pod_, at_.best.epoch);
  if (!bytes) return bytes.error().in("the best checkpoint, epoch " + std::to_string(at_.best.epoch));
  return network_.load(*bytes);
}

/// The sidecar's word for this attempt's file, or the manifest of an earlier attempt.
std::optional<contract::StoredCheckpoint> TrainingRun::where_stored(std::int32_t epoch, bool wait) {
  const auto name = checkpoint_name(epoch);
  const auto deadline = std::chrono::steady_clock::now() + kStoreWait;
  while (std::filesystem::exists(pod_.path(name))) {
    if (auto stored = pod_.acknowledged(name)) return stored;
    if (!wait || stopping() || std::chrono::steady_clock::now() >= deadline) return std::nullopt;
    std::this_thread::sleep_for(kStorePoll);
  }
  return find_stored(this_run(), epoch);
}

Outcome TrainingRun::finish() {
  contract::TrainFacts facts;
  facts.epochs = at_.epoch;
  facts.best_epoch = at_.best.epoch;
  facts.best_metric = setup_.best_metric;
  facts.best_value = at_.best.value;
  facts.early_stopped = early_stopped_;
  facts.resumed_from_epoch = resumed_from_;
  facts.image_size = lesson_.image_size;
  if (at_.best.epoch == 0)
    return failed(ExitCode::QualityFailed, invalid_error("no epoch could be measured by " + setup_.best_metric +
                                                         ": does the validation set have objects?"));

  if (const auto loaded = load_best(); !loaded) return failed(loaded.error());
  const auto measured = evaluate(Part::Val, at_.best.epoch);
  if (!measured) return failed_in_network(measured.error(), network_);
  facts.metrics = at_.best_metrics;
  for (const auto& [name, value] : *measured) facts.metrics[name] = value;
  const auto tested = evaluate_test();
  if (!tested) return failed_in_network(tested.error(), network_);
  facts.metrics.insert(tested->begin(), tested->end());

  const bool sidecar = pod_.has_sidecar();
  facts.model = where_stored(at_.best.epoch, sidecar);
  facts.last = where_stored(at_.epoch, sidecar);
  if (sidecar && (!facts.model || !facts.last)) {
    if (stopping()) return failed(ExitCode::Terminated, retry_error("stopped while the model was being stored"));
    return failed(ExitCode::StorageFailure, retry_error("the sidecar did not confirm the checkpoints within 60 s"));
  }
  if (!facts.model) {  // by hand, without a sidecar
    const auto name = checkpoint_name(at_.best.epoch);
    if (const auto bytes = pod_.read(name)) {
      facts.model =
          contract::StoredCheckpoint{pod_.path(name).string(), sha256_hex(*bytes), std::ssize(*bytes), at_.best.epoch};
    }
  }
  report_.finished(facts);
  Outcome outcome;
  outcome.result.train = std::move(facts);
  return outcome;
}

/// nullopt: the Datasets have the bytes that they were Ready with.
std::optional<Outcome> refuse_changed(DatasetContents& contents) {
  if (const auto checked = contents.check(); !checked) return failed(checked.error());
  if (contents.changed().empty()) return std::nullopt;
  return failed(ExitCode::ContentChanged, invalid_error(contents.changed()));
}

}  // namespace

Outcome train(const contract::TrainRun& run, TrainEnvironment& environment) {
  auto pod = PodCheckpoints::open(environment.pod_dir, environment.answers_dir);
  if (!pod) return failed(pod.error());
  DatasetContents contents(run);
  if (const auto outcome = refuse_changed(contents)) return *outcome;
  auto setup = prepare_training(run);
  if (!setup) return failed(setup.error());
  if (const auto outcome = refuse_changed(contents)) return *outcome;
  setup->owner = environment.owner;
  const bool goes_on = setup->learner->lesson().reads_while_training;
  auto outcome = TrainingRun(*std::move(setup), *std::move(pod), environment).run();
  if (outcome.code != ExitCode::Done || !goes_on) return outcome;
  return refuse_changed(contents).value_or(std::move(outcome));
}

}  // namespace visionops::train
