#include "worker/sidecar/sidecar.h"

#include <algorithm>
#include <fstream>
#include <utility>

#include "worker/sidecar/process_sampler.h"

namespace visionops::sidecar {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;  // per tick: bounds the memory of a burst
constexpr Duration kSendLimit{5'000};
constexpr Duration kFirstBackoff{500};
constexpr Duration kLastBackoff{10'000};
constexpr Duration kSaveInterval{2'000};
constexpr Duration kFirstSampleInterval{500};  // until the worker is there
constexpr Duration kDrainPause{50};
constexpr Duration kLastCall{4'000};  // of the time to drain: the final message goes out, whatever still waits

std::filesystem::path cursor_file(const SidecarConfig& config) { return config.pod_dir / "sidecar.cursor"; }

/// True when `interval` has passed, and when the clock was set back.
bool passed(TimePoint since, TimePoint now, Duration interval) { return now < since || now - since >= interval; }

}  // namespace

Result<std::unique_ptr<Sidecar>> Sidecar::open(SidecarConfig config, const Clock& clock, Log log) {
  std::unique_ptr<Sidecar> sidecar(new Sidecar(std::move(config), clock, std::move(log)));
  if (auto status = sidecar->open_checkpoints(); !status) return status.error();
  return sidecar;
}

Sidecar::Sidecar(SidecarConfig config, const Clock& clock, Log log)
    : config_(std::move(config)),
      clock_(clock),
      log_(std::move(log)),
      saved_(load_cursor(cursor_file(config_))),
      tail_(config_.pod_dir / contract::kTelemetryFile, saved_.offset, contract::kMaxTelemetryLine),
      outbox_(config_.run.owner, config_.pod_name, saved_.sequence),
      backoff_(kFirstBackoff) {
  if (config_.telemetry) sender_.emplace(*config_.telemetry, config_.token_file);
  if (config_.run.train && config_.run.train->gpus > 0) gpus_.emplace();
}

Status Sidecar::open_checkpoints() {
  if (!config_.run.train || config_.run.train->checkpoint_store.empty()) return {};
  const auto& train = *config_.run.train;
  auto pod = storage::open_local_store(config_.pod_dir.string());
  if (!pod) return pod.error();
  auto store = storage::open_store(train.checkpoint_store);
  if (!store) return store.error().in("checkpoint store " + train.checkpoint_store);
  checkpoints_ = std::make_unique<CheckpointWorker>(
      CheckpointStore(*pod, *store, train.checkpoint_path, train.checkpoint_keep, config_.run.owner));
  return {};
}

Status Sidecar::announce() const {
  std::ofstream ready(config_.pod_dir / "sidecar.ready", std::ios::trunc);
  return ready.flush() ? Status() : Status(retry_error("cannot write " + (config_.pod_dir / "sidecar.ready").string()));
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
  const std::int64_t before = tail_.offset();
  const auto lines = tail_.poll(kReadBytes);
  behind_ = tail_.offset() - before >= static_cast<std::int64_t>(kReadBytes / 2);
  for (const auto& line : lines) take(line);
  return !lines.empty();
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
  if (const auto usage = sample_worker(config_.pod_dir)) {
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
  if (const auto status = save_cursor(cursor_file(config_), cursor); !status) return log_change(status.error().message);
  saved_ = cursor;
}

bool Sidecar::drain(const Pause& pause) {
  const TimePoint end = clock_.now() + config_.grace;
  not_before_ = {};
  backoff_ = kDrainPause;  // there is no later
  const auto done = [this] { return (!checkpoints_ || checkpoints_->idle()) && (!sender_ || final_delivered_); };
  for (TimePoint now = clock_.now(); now < end && !(done() && !read_lines()); now = clock_.now()) {
    tick(std::min(kSendLimit, end - now), end - now > kLastCall ? Stage::Draining : Stage::LastCall);
    if (!done()) (void)pause(kDrainPause);
  }
  take_outcomes();
  save_progress(clock_.now(), true);
  const bool complete = done();
  if (!complete) log_("the time to drain is over, something was left behind");
  return complete;
}

/// Once per change, not once per message.
void Sidecar::log_change(const std::string& state) {
  if (std::exchange(logged_state_, state) != state) log_(state);
}

}  // namespace visionops::sidecar
