// The bounded queue before the record writer. Not thread-safe: the writer holds its lock.
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

#include "operator/core/record.h"

namespace visionops::record {

struct QueueLimits {
  std::size_t records = 10'000;
  std::size_t bytes = 48 * 1024 * 1024;
};

/// First in, first out; a newer state of a waiting resource takes the older one's place. When full, the
/// oldest telemetry goes first, since a gap in a curve hurts less than a run without an end.
class RecordQueue {
 public:
  explicit RecordQueue(QueueLimits limits) : limits_(limits) {}

  void push(core::Record record);
  /// At most `max` records from the front, in order.
  std::vector<core::Record> pop(std::size_t max);

  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  /// Records lost because the queue was full, since the start.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  /// Records that a newer state made superfluous; nothing was lost with them.
  [[nodiscard]] std::uint64_t coalesced() const { return coalesced_; }

 private:
  struct Entry {
    core::Record record;
    std::string key;
    std::size_t bytes = 0;
  };
  using Entries = std::list<Entry>;
  void make_room();
  void erase(Entries::iterator entry);

  QueueLimits limits_;
  Entries entries_;
  std::list<Entries::iterator> telemetry_;  // in queue order
  std::unordered_map<std::string, Entries::iterator> by_key_;
  std::size_t bytes_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t coalesced_ = 0;
};

}  // namespace visionops::record
