#include "operator/record/record_queue.h"

#include <iterator>
#include <utility>

#include "operator/record/record_key.h"

namespace visionops::record {
namespace {

bool is_telemetry(const core::Record& record) { return std::holds_alternative<core::TelemetryRecord>(record); }

}  // namespace

void RecordQueue::push(core::Record record) {
  Entry entry{std::move(record), {}, 0};
  entry.key = coalescing_key(entry.record);
  entry.bytes = approximate_size(entry.record);
  if (const auto waiting = by_key_.find(entry.key); !entry.key.empty() && waiting != by_key_.end()) {
    keep_own_spec(waiting->second->record, entry.record);
    bytes_ += entry.bytes - waiting->second->bytes;
    *waiting->second = std::move(entry);
    ++coalesced_;
    return;
  }
  bytes_ += entry.bytes;
  entries_.push_back(std::move(entry));
  const auto last = std::prev(entries_.end());
  if (!last->key.empty()) by_key_[last->key] = last;
  if (is_telemetry(last->record)) telemetry_.push_back(last);
  make_room();
}

void RecordQueue::make_room() {
  while (entries_.size() > limits_.records || (bytes_ > limits_.bytes && entries_.size() > 1)) {
    erase(telemetry_.empty() ? entries_.begin() : telemetry_.front());
    ++dropped_;
  }
}

void RecordQueue::erase(Entries::iterator entry) {
  bytes_ -= entry->bytes;
  if (!entry->key.empty()) by_key_.erase(entry->key);
  if (!telemetry_.empty() && telemetry_.front() == entry) telemetry_.pop_front();
  entries_.erase(entry);
}

std::vector<core::Record> RecordQueue::pop(std::size_t max) {
  std::vector<core::Record> out;
  while (!entries_.empty() && out.size() < max) {
    out.push_back(std::move(entries_.front().record));
    // The record is moved from, but what erase() needs stands beside it.
    erase(entries_.begin());
  }
  return out;
}

}  // namespace visionops::record
