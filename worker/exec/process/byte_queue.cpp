#include "worker/exec/process/byte_queue.h"

#include <iterator>
#include <utility>

namespace visionops::exec {

namespace {

constexpr std::size_t kJoinedBytes = 64 * 1024;  // small writes of one stream travel together

}  // namespace

void ByteQueue::put(int stream, std::string_view bytes, TimePoint at) {
  {
    const MutexLock lock(mutex_);
    if (closed_ || bytes.empty()) return;
    make_room(bytes);
    bytes_ += bytes.size();
    if (!pieces_.empty() && pieces_.back().stream == stream &&
        pieces_.back().bytes.size() + bytes.size() <= kJoinedBytes) {
      pieces_.back().bytes += bytes;
    } else {
      pieces_.push_back({stream, std::string(bytes), at, std::exchange(lost_, 0)});
    }
  }
  changed_.notify_one();
}

/// The last words of a trainer tell why it ended: the oldest go.
void ByteQueue::make_room(std::string_view& bytes) {
  while (!pieces_.empty() && bytes_ + bytes.size() > most_bytes_) {
    const Piece& oldest = pieces_.front();
    bytes_ -= oldest.bytes.size();
    lost_ += oldest.lost + static_cast<std::int64_t>(oldest.bytes.size());
    pieces_.pop_front();
  }
  if (bytes.size() > most_bytes_) {
    lost_ += static_cast<std::int64_t>(bytes.size() - most_bytes_);
    bytes.remove_prefix(bytes.size() - most_bytes_);
  }
  if (!pieces_.empty()) pieces_.front().lost += std::exchange(lost_, 0);
}

bool ByteQueue::has_room(std::size_t bytes) const {
  const MutexLock lock(mutex_);
  return bytes_ + bytes <= most_bytes_;
}

std::vector<Piece> ByteQueue::take(Duration limit) {
  MutexLock lock(mutex_);
  changed_.wait_for(lock, limit, [this]() VISIONOPS_REQUIRES(mutex_) { return closed_ || !pieces_.empty(); });
  std::vector<Piece> out(std::make_move_iterator(pieces_.begin()), std::make_move_iterator(pieces_.end()));
  pieces_.clear();
  bytes_ = 0;
  return out;
}

void ByteQueue::close() {
  {
    const MutexLock lock(mutex_);
    closed_ = true;
  }
  changed_.notify_one();
}

bool ByteQueue::over() const {
  const MutexLock lock(mutex_);
  return closed_ && pieces_.empty();
}

}  // namespace visionops::exec
