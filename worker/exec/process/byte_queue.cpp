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
    if (bytes_ + bytes.size() > most_bytes_) {
      lost_ += static_cast<std::int64_t>(bytes.size());
      return;
    }
    bytes_ += bytes.size();
    if (!pieces_.empty() && lost_ == 0 && pieces_.back().stream == stream &&
        pieces_.back().bytes.size() + bytes.size() <= kJoinedBytes) {
      pieces_.back().bytes += bytes;
    } else {
      pieces_.push_back({stream, std::string(bytes), at, std::exchange(lost_, 0)});
    }
  }
  changed_.notify_one();
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
  if (closed_ && lost_ > 0) out.push_back({1, "", {}, std::exchange(lost_, 0)});
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
  return closed_ && pieces_.empty() && lost_ == 0;
}

}  // namespace visionops::exec
