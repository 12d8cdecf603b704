#include "operator/record/record_writer.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "operator/record/spool.h"

namespace visionops::record {
namespace {

using Steady = std::chrono::steady_clock;

/// "Dataset default/street-train-v1.0.0", for the log.
struct Label {
  std::string operator()(const core::DatasetRecord& r) const { return of(r.dataset); }
  std::string operator()(const core::PipelineRecord& r) const { return of(r.pipeline); }
  std::string operator()(const core::TrainingRecord& r) const { return of(r.job); }
  std::string operator()(const core::TelemetryRecord& r) const {
    return "telemetry of " + r.message.owner.kind + " " + r.message.owner.namespace_ + "/" + r.message.owner.name;
  }
  std::string operator()(const core::NotificationRecord& r) const { return "notification " + r.alert; }
  template <api::Resource T>
  static std::string of(const T& resource) {
    return std::string(T::kKind.name) + " " + resource.meta.namespace_ + "/" + resource.meta.name;
  }
};

}  // namespace

RecordWriter::RecordWriter(std::unique_ptr<RecordStore> store, WriterOptions options)
    : store_(std::move(store)), options_(std::move(options)), queue_(options_.queue), backoff_(options_.first_backoff) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

RecordWriter::~RecordWriter() { stop(); }

void RecordWriter::push(core::Record record) {
  std::vector<core::Record> one;
  one.push_back(std::move(record));
  push(std::move(one));
}

void RecordWriter::push(std::vector<core::Record> records) {
  {
    const MutexLock lock(mutex_);
    if (state_.stopped) return;
    for (auto& record : records) queue_.push(std::move(record));
  }
  changed_.notify_all();
}

bool RecordWriter::flush(Duration deadline) {
  MutexLock lock(mutex_);
  ++flushers_;
  changed_.notify_all();
  const bool done = changed_.wait_for(lock, deadline, [this]() VISIONOPS_REQUIRES(mutex_) {
    return !replaying_ && queue_.empty() && in_flight_ == 0 && !unsettled_;
  });
  --flushers_;
  return done;
}

void RecordWriter::stop() {
  {
    const MutexLock lock(mutex_);
    if (state_.stopped) return;
    state_.stopped = true;
  }
  thread_.request_stop();
  thread_.join();
  keep_rest();
}

WriterState RecordWriter::state() const {
  const MutexLock lock(mutex_);
  WriterState out = state_;
  out.waiting = queue_.size() + in_flight_;
  out.dropped = queue_.dropped();
  out.coalesced = queue_.coalesced();
  return out;
}

void RecordWriter::run(const std::stop_token& stop) {
  try {
    replay_spool();
    {
      const MutexLock lock(mutex_);
      replaying_ = false;
    }
    changed_.notify_all();
    while (!stop.stop_requested()) {
      auto batch = next_batch(stop);
      if (!batch.empty()) write_batch(std::move(batch), stop);
      bool due = false;
      {
        const MutexLock lock(mutex_);
        due = settle_due();
      }
      if (due && !stop.stop_requested()) settle(stop);
    }
  } catch (const std::exception& e) {
    options_.log->critical("history: the writer ended: {}", e.what());
    const MutexLock lock(mutex_);
    state_.connected = false;
    state_.last_error = e.what();
  }
}

/// Empty when the end was requested or it is time to settle.
std::vector<core::Record> RecordWriter::next_batch(const std::stop_token& stop) {
  MutexLock lock(mutex_);
  const auto wanted = [this]() VISIONOPS_REQUIRES(mutex_) { return !queue_.empty() || settle_due(); };
  if (unsettled_) {
    changed_.wait_for(lock, stop, options_.idle_settle_interval, wanted);
  } else {
    changed_.wait(lock, stop, wanted);
  }
  if (stop.stop_requested()) return {};
  auto batch = queue_.pop(options_.batch);
  in_flight_ = batch.size();
  return batch;
}

bool RecordWriter::settle_due() const {
  if (!unsettled_) return false;
  const auto since = Steady::now() - settled_at_;
  if (!queue_.empty()) return since >= options_.settle_interval;
  return flushers_ > 0 || since >= options_.idle_settle_interval;
}

void RecordWriter::replay_spool() {
  if (options_.spool.empty()) return;
  auto content = read_spool(options_.spool);
  if (!content) {
    options_.log->error("history of the last run cannot be replayed: {}", content.error().message);
    return;
  }
  if (content->damaged_lines > 0) {
    options_.log->warn("{}: {} damaged lines left out", options_.spool.string(), content->damaged_lines);
  }
  // The file stays until its records are written or spooled again: a crash in between loses nothing.
  replayed_ = true;
  const MutexLock lock(mutex_);
  for (auto& record : content->records) queue_.push(std::move(record));
}

void RecordWriter::write_batch(std::vector<core::Record> batch, const std::stop_token& stop) {
  while (!batch.empty()) {
    Status outcome;
    const std::size_t written = write_halving(batch, outcome);
    note_success(written);
    if (outcome.ok()) break;
    note_outage(outcome.error());
    if (!pause(backoff_, stop)) {
      unwritten_ = std::move(batch);
      return;
    }
    backoff_ = std::min(backoff_ * 2, options_.last_backoff);
  }
  {
    const MutexLock lock(mutex_);
    in_flight_ = 0;
  }
  changed_.notify_all();
}

/// Removes from `batch` what was written or rejected; `outcome` says why something is left. A bad record
/// is found in log2(n) steps and never holds up the others.
std::size_t RecordWriter::write_halving(std::vector<core::Record>& batch, Status& outcome) {
  std::size_t written = 0;
  std::size_t take = batch.size();
  while (!batch.empty()) {
    take = std::clamp<std::size_t>(take, 1, batch.size());
    const auto end = batch.begin() + static_cast<std::ptrdiff_t>(take);
    std::vector<core::Record> part(std::make_move_iterator(batch.begin()), std::make_move_iterator(end));
    outcome = store_->write(part);
    if (outcome.ok()) {
      written += take;
    } else if (outcome.error().cls == ErrorClass::Invalid && take == 1) {
      reject(part.front(), outcome.error());
      outcome = {};
    } else {
      std::move(part.begin(), part.end(), batch.begin());
      if (outcome.error().cls != ErrorClass::Invalid) break;
      take /= 2;
      continue;
    }
    batch.erase(batch.begin(), end);
    take = take * 2;
  }
  return written;
}

void RecordWriter::reject(const core::Record& record, const Error& error) {
  options_.log->error("history: {} cannot be recorded: {}", std::visit(Label{}, record), error.message);
  const MutexLock lock(mutex_);
  ++state_.rejected;
}

void RecordWriter::note_outage(const Error& error) {
  std::size_t waiting = 0;
  {
    const MutexLock lock(mutex_);
    state_.connected = false;
    waiting = queue_.size() + in_flight_;
    if (std::exchange(state_.last_error, error.message) == error.message) return;
  }
  options_.log->warn("history waits, the database cannot be written: {} ({} records waiting)", error.message, waiting);
}

void RecordWriter::note_success(std::size_t records) {
  if (records == 0) return;
  bool recovered = false;
  {
    const MutexLock lock(mutex_);
    state_.connected = true;
    state_.written += records;
    in_flight_ -= std::min(in_flight_, records);
    unsettled_ = true;
    recovered = !std::exchange(state_.last_error, {}).empty();
  }
  backoff_ = options_.first_backoff;
  if (recovered) options_.log->info("history is being written again");
}

void RecordWriter::settle(const std::stop_token& stop) {
  if (const auto status = store_->settle(); !status) {
    note_outage(status.error());
    pause(backoff_, stop);
    backoff_ = std::min(backoff_ * 2, options_.last_backoff);
    return;
  }
  bool all_written = false;
  {
    const MutexLock lock(mutex_);
    unsettled_ = false;
    settled_at_ = Steady::now();
    all_written = queue_.empty();
  }
  if (all_written) remove_replayed_spool();
  changed_.notify_all();
}

void RecordWriter::remove_replayed_spool() {
  if (!std::exchange(replayed_, false)) return;
  std::error_code ignored;  // at worst it is replayed once more, which changes nothing
  std::filesystem::remove(options_.spool, ignored);
}

void RecordWriter::keep_rest() {
  const MutexLock lock(mutex_);
  auto rest = std::move(unwritten_);
  for (auto& record : queue_.pop(queue_.size())) rest.push_back(std::move(record));
  in_flight_ = 0;
  if (options_.spool.empty()) {
    if (!rest.empty()) options_.log->error("history: {} records are lost, there is no spool", rest.size());
    return;
  }
  if (const auto status = write_spool(options_.spool, rest); !status) {
    options_.log->error("history: {} records are lost: {}", rest.size(), status.error().message);
  } else if (!rest.empty()) {
    options_.log->info("history: {} records wait in {} for the next start", rest.size(), options_.spool.string());
  }
}

/// False when the end was requested.
bool RecordWriter::pause(Duration time, const std::stop_token& stop) {
  MutexLock lock(mutex_);
  changed_.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace visionops::record
