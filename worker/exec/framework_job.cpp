#include "worker/exec/framework_job.h"

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "base/posix/small_files.h"
#include "worker/contract/stage.h"
#include "worker/exec/follow/follower.h"
#include "worker/exec/framework_command.h"
#include "worker/exec/job_files.h"
#include "worker/exec/process/console.h"
#include "worker/exec/process/log_file.h"
#include "worker/exec/process/short_temporary.h"
#include "worker/exec/run_environment.h"

namespace visionops::exec {

namespace {

using contract::FailureClass;
using std::chrono::steady_clock;

constexpr std::size_t kMaxPreparedBytes = std::size_t{1} << 20;
constexpr std::size_t kMostBytesUnread = std::size_t{32} << 20;
constexpr Duration kLook{250};
constexpr Duration kAnswerPoll{100};
constexpr std::int64_t kStoreSeconds = 60;                        // for the sidecar to confirm, and
constexpr std::int64_t kBytesPerSecond = std::int64_t{10} << 20;  // one more for each of these

Result<contract::PreparedRun> read_prepared(const std::filesystem::path& pod_dir, const contract::FrameworkRun& run) {
  const auto text = read_file(pod_dir / contract::kPreparedFile, kMaxPreparedBytes);
  if (text) return contract::decode_prepared_run(*text);
  const bool nothing_to_prepare = run.layout.empty() && !run.weights;
  if (text.error().cls == ErrorClass::NotFound && nothing_to_prepare) return contract::PreparedRun{};
  return internal_error("the step before this one (visionops-worker prepare) left nothing: " + text.error().message);
}

/// A trainer with the threads that look after its words.
class Attempt {
 public:
  Attempt(const contract::RunSpec& spec, const contract::PreparedRun& prepared, const JobPlace& place,
          const Signals& signals, const Clock& clock)
      : run_(*spec.train),
        prepared_(prepared),
        place_(place),
        signals_(signals),
        clock_(clock),
        telemetry_(place.pod_dir, clock),
        unread_(kMostBytesUnread) {}

  Outcome run();

 private:
  [[nodiscard]] std::filesystem::path job() const { return place_.pod_dir / contract::kJobFolder; }
  Result<Follower> follow();
  Ending stand_by_trainer(Child child, Follower& follower);
  void follow_until_end(Follower& follower, SignsOfLife& life, std::atomic<bool>& lost);
  Outcome judge(Follower& follower, const Ending& ending);
  Outcome finish(Follower& follower);
  Result<contract::StoredCheckpoint> confirmed(const PodCheckpoints& pod, const Handed& handed);

  const contract::TrainRun& run_;
  const contract::PreparedRun& prepared_;
  const JobPlace& place_;
  const Signals& signals_;
  const Clock& clock_;
  telemetry::TelemetryWriter telemetry_;
  ByteQueue unread_;
  bool told_to_stop_ = false;
};

Result<Follower> Attempt::follow() {
  auto folder = JobFolder::open(job().string());
  if (!folder) return folder.error();
  auto pod = PodCheckpoints::open(place_.pod_dir, place_.answers_dir);
  if (!pod) return pod.error();
  return Follower::make(run_, prepared_, *std::move(folder), *std::move(pod), telemetry_);
}

Outcome Attempt::run() {
  const auto& framework = *run_.framework;
  if (const auto written = write_job_files(job(), framework.files); !written) return failed(written.error());
  auto command = framework_command(framework, prepared_, job(), place_.variables);
  if (!command && command.error().cls == ErrorClass::NotFound) {
    auto out = failed(FailureClass::EnvironmentError, command.error().message, "train.framework.command");
    out.status = static_cast<int>(contract::ExitCode::ProgramMissing);
    return out;
  }
  if (!command) return failed(command.error(), "train.framework.command");
  auto follower = follow();
  if (!follower) return failed(follower.error());
  const ShortTemporary temporary(command->environment);
  auto child = start_child(*command);
  if (!child) return failed(FailureClass::EnvironmentError, child.error().message, "train.framework.command");
  telemetry::name_worker(place_.pod_dir, child->pid);
  telemetry_.progress({std::string(enum_name(contract::Stage::Training)), 0, 0,
                       prepared_.checkpoint.empty() ? 0 : prepared_.resumed_from_epoch, run_.epochs});
  const auto ending = stand_by_trainer(*std::move(child), *follower);
  write_exit_record(place_.pod_dir, ending);
  return judge(*follower, ending);
}

void Attempt::follow_until_end(Follower& follower, SignsOfLife& life, std::atomic<bool>& lost) {
  auto next = steady_clock::now();
  while (!unread_.over()) {
    for (const auto& piece : unread_.take(kLook)) follower.take_output(piece.stream, piece.bytes, piece.at, piece.lost);
    if (steady_clock::now() < next) continue;
    if (follower.look()) life.seen(clock_.now());
    lost = follower.reader().lost().has_value();
    next = steady_clock::now() + kLook;
  }
}

Ending Attempt::stand_by_trainer(Child child, Follower& follower) {
  Console console(STDOUT_FILENO, STDERR_FILENO);
  LogFile log(place_.pod_dir);
  SignsOfLife life;
  std::atomic<bool> lost{false};
  Ending ending;
  {
    const std::jthread reading([&] { follow_until_end(follower, life, lost); });
    Watch watch = place_.bounds;
    watch.output = [&](int stream, std::string_view bytes, TimePoint at) {
      console.put(stream, bytes, at);
      log.put(stream, bytes, at);
      unread_.put(stream, bytes, at);
    };
    watch.lost = [&lost] { return lost.load(); };
    ending = stand_by(std::move(child), signals_, watch, life, clock_);
    unread_.close();
  }
  follower.end(clock_.now());
  log.finish();
  console.finish(kConsolePatience);
  told_to_stop_ = ending.told_to_stop;
  return ending;
}

Outcome Attempt::judge(Follower& follower, const Ending& ending) {
  const auto verdict = follower.reader().verdict(facts_of(ending));
  const bool useless = verdict.failure == FailureClass::NaN || verdict.failure == FailureClass::Diverged;
  if (!useless) follower.take_last_checkpoints();
  return verdict.finished ? finish(follower) : failed(verdict, ending);
}

/// The sidecar's word for exactly this file; by hand, without a sidecar, the file itself.
Result<contract::StoredCheckpoint> Attempt::confirmed(const PodCheckpoints& pod, const Handed& handed) {
  const auto& name = handed.written.file;
  const auto here = pod.measure(name, handed.written.epoch);
  if (!here) return here.error();
  if (!pod.has_sidecar()) return here;
  const auto until = steady_clock::now() + std::chrono::seconds(kStoreSeconds + here->bytes / kBytesPerSecond);
  while (true) {
    if (auto stored = pod.acknowledged(name); stored && stored->sha256 == here->sha256) return *stored;
    if (steady_clock::now() >= until || told_to_stop_) break;
    std::this_thread::sleep_for(kAnswerPoll);
    for (int signal = 0; (signal = signals_.next()) != 0;) told_to_stop_ = told_to_stop_ || signal == SIGTERM;
  }
  if (told_to_stop_) return Error{ErrorClass::Cancelled, "stopped while the model was being stored"};
  return retry_error("the sidecar did not confirm " + name + " in time");
}

Outcome Attempt::finish(Follower& follower) {
  const auto last = follower.finish();
  if (!last) {
    auto out = failed(FailureClass::UserError, "the run is finished, but none of its files is a whole checkpoint");
    out.result.error->hint = "Let it write one where reading.checkpoints of the runtime says that it lies.";
    return out;
  }
  Finished finished;
  finished.epochs_done = follower.reader().epochs_done();
  finished.resumed_from_epoch = prepared_.checkpoint.empty() ? 0 : prepared_.resumed_from_epoch;
  const auto& pod = follower.handover().pod();
  auto stored = confirmed(pod, *last);
  if (!stored) return failed(stored.error());
  finished.last = *stored;
  const auto best = follower.handover().best();
  if (best) stored = confirmed(pod, *best);
  if (!stored) return failed(stored.error());
  finished.model = best ? *stored : *prepared_.best;
  auto metrics = follower.metrics().of(finished.model.epoch);
  if (!best) metrics = prepared_.best_metrics;
  Outcome out;
  out.result.train = facts_of(finished, run_, std::move(metrics));
  telemetry_.event("Finished after epoch " + std::to_string(out.result.train->epochs) + "; model " +
                   finished.model.path + ", sha256 " + finished.model.sha256);
  return out;
}

}  // namespace

Outcome run_framework(const contract::RunSpec& spec, const JobPlace& place, const Signals& signals,
                      const Clock& clock) {
  const auto prepared = read_prepared(place.pod_dir, *spec.train->framework);
  if (!prepared) return failed(prepared.error(), contract::kPreparedFile);
  if (!prepared->finished) return Attempt(spec, *prepared, place, signals, clock).run();
  Outcome out;
  out.result.train = prepared->finished;
  return out;
}

}  // namespace visionops::exec
