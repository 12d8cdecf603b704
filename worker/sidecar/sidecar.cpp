#include "worker/sidecar/sidecar.h"

#include <algorithm>
#include <utility>

#include "base/quantity.h"
#include "worker/contract/pod_folders.h"
#include "worker/sidecar/last_word.h"
#include "worker/sidecar/process_sampler.h"
#include "worker/storage/local/stranger_folder.h"

namespace visionops::sidecar {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;  // per tick: bounds the memory of a burst
constexpr Duration kSendLimit{5'000};
constexpr Duration kFirstBackoff{500};
constexpr Duration kLastBackoff{10'000};
constexpr Duration kSaveInterval{2'000};
constexpr Duration kFirstSampleInterval{500};  // until the worker is there
constexpr Duration kDrainPause{50};
constexpr std::int64_t kMostRefusalsTold = 10;  // a trainer can change its file as often as it likes
constexpr Duration kLastCall{4'000};  // of the time to drain: the final message goes out, whatever still waits

/// True when `interval` has passed, and when the clock was set back.
bool passed(TimePoint since, TimePoint now, Duration interval) { return now < since || now - since >= interval; }

}  // namespace

Result<std::unique_ptr<Sidecar>> Sidecar::open(SidecarConfig config, const Clock& clock, Log log) {
  auto folders = open_folders(config);
  if (!folders) return folders.error();
  std::unique_ptr<Sidecar> sidecar(new Sidecar(std::move(config), *std::move(folders), clock, std::move(log)));
  if (auto status = sidecar->open_checkpoints(); !status) return status.error();
  return sidecar;
}

Result<Sidecar::Folders> Sidecar::open_folders(const SidecarConfig& config) {
  auto pod = storage::open_stranger_folder(config.pod_dir.string());
  if (!pod) return pod.error();
  auto answers = storage::open_local_store(config.answers_dir.string(), storage::Durability::Cached);
  if (!answers) return answers.error();
  auto own = storage::open_local_store(config.own_dir.string(), storage::Durability::Cached);
  if (!own) return own.error();
  return Folders{*pod, *answers, *own};
}

Sidecar::Sidecar(SidecarConfig config, Folders folders, const Clock& clock, Log log)
    : config_(std::move(config)),
      folders_(std::move(folders)),
      clock_(clock),
      log_(std::move(log)),
      saved_(load_cursor(*folders_.own)),
      tail_(config_.pod_dir / contract::kTelemetryFile, saved_.offset, contract::kMaxTelemetryLine),
      outbox_(config_.run.owner, config_.pod_name, saved_.sequence),
      backoff_(kFirstBackoff) {
  if (config_.telemetry) sender_.emplace(*config_.telemetry, config_.token_file);
  if (config_.run.train && config_.run.train->gpus > 0) gpus_.emplace();
}

Status Sidecar::open_checkpoints() {
  if (!config_.run.train || config_.run.train->checkpoint_store.empty()) return {};
  const auto& train = *config_.run.train;
  auto store = storage::open_store(train.checkpoint_store);
  if (!store) return store.error().in("checkpoint store " + train.checkpoint_store);
  checkpoints_ = std::make_unique<CheckpointWorker>(CheckpointStore(
      folders_.pod, folders_.answers, *store, train.checkpoint_path, train.checkpoint_keep, config_.run.owner));
  return {};
}

Status Sidecar::announce() const {
  const auto written = folders_.answers->write(contract::kSidecarReadyFile, "", storage::IfExists::Replace);
  return written ? Status() : Status(written.error().in("the folder of answers"));
}

bool Sidecar::run(const Pause& pause) {
  if (const auto status = announce(); !status) log_(status.error().message);
  do {
    tick(kSendLimit, Stage::Working);
  } while (!pause(behind_ ? Duration::zero() : config_.poll));
  return drain(pause);
}

void Sidecar::tick(Duration send_limit, Stage stage) {
  const bool more = read_lines();
  take_outcomes();
  const TimePoint now = clock_.now();
  sample(now);
  const bool nothing_follows = !more && (stage == Stage::LastCall || !checkpoints_ || checkpoints_->idle());
  send(now, send_limit, stage != Stage::Working && nothing_follows);
  save_progress(now, false);
}

/// True when there may be more to read at once.
bool Sidecar::read_lines() {
  const auto lines = tail_.poll(kReadBytes);
  behind_ = tail_.behind();
  for (const auto& line : lines) take(line);
  say_what_is_not_read();
  say_what_is_left_out();
  return behind_ || !lines.empty();
}

/// At the first one, the tenth, the hundredth, ...
void Sidecar::say_what_is_left_out() {
  const auto count = tail_.oversized_lines();
  if (count < left_out_told_) return;
  while (left_out_told_ <= count) left_out_told_ *= 10;
  outbox_.add_event("telemetry lines of more than " +
                    format_bytes(static_cast<std::int64_t>(contract::kMaxTelemetryLine)) +
                    " that are left out: " + std::to_string(count) + " until now");
}

void Sidecar::say_what_is_not_read() {
  if (std::exchange(refusal_, tail_.refusal()) == tail_.refusal() || refusal_.empty()) return;
  if (++refused_files_ > kMostRefusalsTold) return;
  log_("not read: " + refusal_);
  outbox_.add_event("the telemetry is not read: " + refusal_);
}

void Sidecar::take(const TailLine& line) {
  auto parsed = contract::decode_telemetry_line(line.text);
  if (!parsed) {
    if (malformed_lines_++ == 0) {
      outbox_.add_event("a telemetry line at byte " + std::to_string(line.offset) + " is malformed and left out");
    }
    return;
  }
  if (parsed->progress) outbox_.add(std::move(*parsed->progress), line.offset);
  if (parsed->metric) outbox_.add(std::move(*parsed->metric), line.offset);
  if (!parsed->event.empty()) outbox_.add_event(std::move(parsed->event), line.offset);
  if (parsed->checkpoint && checkpoints_) checkpoints_->push({std::move(*parsed->checkpoint), line.offset});
}

void Sidecar::take_outcomes() {
  if (!checkpoints_) return;
  for (auto& outcome : checkpoints_->take_outcomes()) {
    if (outcome.stored) {
      log_("stored " + outcome.stored->path + ", sha256 " + outcome.stored->sha256);
      outbox_.add(std::move(*outcome.stored), outcome.offset);
    } else {
      log_(outcome.event);
      outbox_.add_event(std::move(outcome.event), outcome.offset);
    }
  }
}

void Sidecar::sample(TimePoint now) {
  const Duration interval = sampled_ ? config_.heartbeat : kFirstSampleInterval;
  if (!config_.run.train || !sender_ || !passed(sampled_at_, now, interval)) return;
  sampled_at_ = now;
  if (const auto usage = sample_worker(*folders_.pod)) {
    sampled_ = true;
    contract::ResourceSample sample;
    sample.at = now;
    sample.cpu_seconds = usage->cpu_seconds;
    sample.memory_bytes = usage->memory_bytes;
    outbox_.add(std::move(sample));
  }
  if (gpus_) {
    for (auto& sample : gpus_->sample(now)) outbox_.add(std::move(sample));
  }
}

bool Sidecar::send_due(TimePoint now, bool final) const {
  if (!sender_ || final_delivered_ || !passed(not_before_, now, Duration::zero())) return false;
  if (final || outbox_.under_way() || outbox_.full_message()) return true;
  return passed(sent_at_, now, outbox_.empty() ? config_.heartbeat : config_.batch);
}

void Sidecar::send(TimePoint now, Duration limit, bool final) {
  if (!send_due(now, final)) return;
  const auto result = sender_->post(outbox_.message(now, final), limit);
  sent_at_ = now;
  if (result.outcome == SendOutcome::TryAgain) {
    not_before_ = clock_.now() + std::max(backoff_, result.retry_after.value_or(Duration::zero()));
    backoff_ = std::min(backoff_ * 2, kLastBackoff);
    return log_change("telemetry waits: " + result.reason);
  }
  log_change(result.outcome == SendOutcome::Delivered ? "telemetry is delivered to " + config_.telemetry->authority
                                                      : "telemetry was refused: " + result.reason);
  final_delivered_ = outbox_.final_under_way();
  outbox_.confirm();
  backoff_ = kFirstBackoff;
  not_before_ = {};
}

void Sidecar::save_progress(TimePoint now, bool always) {
  if (!always && !passed(saved_at_, now, kSaveInterval)) return;
  saved_at_ = now;
  Cursor cursor{tail_.offset(), outbox_.sequence()};
  if (const auto waiting = outbox_.oldest_offset(); sender_ && waiting)
    cursor.offset = std::min(cursor.offset, *waiting);
  if (checkpoints_) {
    if (const auto waiting = checkpoints_->oldest_offset()) cursor.offset = std::min(cursor.offset, *waiting);
  }
  if (cursor == saved_) return;
  if (const auto status = save_cursor(*folders_.own, cursor); !status) return log_change(status.error().message);
  saved_ = cursor;
}

bool Sidecar::drain(const Pause& pause) {
  const TimePoint begin = clock_.now();
  const TimePoint end = begin + config_.grace;
  const TimePoint store_end = begin + config_.store_grace;
  not_before_ = {};
  backoff_ = kDrainPause;  // there is no later
  const auto idle = [this] { return !checkpoints_ || checkpoints_->idle(); };
  const auto told = [this] { return !sender_ || final_delivered_; };
  for (TimePoint now = begin; now < (idle() ? end : store_end) && !(idle() && told() && !read_lines());
       now = clock_.now()) {
    const Duration left = std::max(end - now, kDrainPause);
    tick(std::min(kSendLimit, left), end - now > kLastCall ? Stage::Draining : Stage::LastCall);
    if (!(idle() && told())) (void)pause(kDrainPause);
  }
  take_outcomes();
  save_progress(clock_.now(), true);
  const bool complete = idle() && told();
  if (!complete) log_("the time to drain is over, something was left behind");
  if (!checkpoints_) return complete;
  const auto word = word_about_the_store(pause, store_end);
  log_(word.model ? "read back " + word.model->path + ", sha256 " + word.model->sha256 : "no model: " + word.problem);
  const auto said = say_last_word(word, config_.termination_log);
  if (!said) log_(said.error().message);
  // A kubelet tells of a sidecar that failed as of one that waits to start again, without its last word: telemetry that
  // was left behind is no such failure.
  return said && (complete || word.model);
}

contract::SidecarWord Sidecar::word_about_the_store(const Pause& pause, TimePoint end) {
  checkpoints_->ask_for_word();
  while (clock_.now() < end) {
    if (auto word = checkpoints_->word()) return *std::move(word);
    (void)pause(kDrainPause);
  }
  const auto& owner = config_.run.owner;
  return {owner.uid, owner.run, owner.attempt, owner.identity, {}, {}, "the store did not give the model back in time"};
}

/// Once per change, not once per message.
void Sidecar::log_change(const std::string& state) {
  if (std::exchange(logged_state_, state) != state) log_(state);
}

}  // namespace visionops::sidecar
