// A reply's body between the connection and a reader that may be slower than the network: when the reader is behind,
// the connection is not read from, and TCP makes the server wait. Cpprest's own buffer would take in all of it.
#pragma once

#include <cpprest/producerconsumerstream.h>

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "base/mutex.h"

namespace visionops::kube {

/// One writer (cpprest's pool), one reader. Writing never blocks: its task completes later instead.
class BoundedBody final : public concurrency::streams::details::basic_producer_consumer_buffer<std::uint8_t> {
 public:
  using Base = concurrency::streams::details::basic_producer_consumer_buffer<std::uint8_t>;

  /// `most`: bytes that may wait for the reader before the writer does.
  explicit BoundedBody(std::size_t most) : Base(0), most_(most) {}

  /// Appends what has arrived, waiting for the first byte; false at the end. Throws what ended the exchange early.
  bool take(std::string& out) {
    MutexLock lock(mutex_);
    arrived_.wait(lock, [this]() VISIONOPS_REQUIRES(mutex_) { return ended_ || !bytes_.empty(); });
    if (bytes_.empty() && failure_) std::rethrow_exception(failure_);
    if (bytes_.empty()) return false;
    out.append(bytes_);
    bytes_.clear();
    const auto writer = std::exchange(waiting_, std::nullopt);
    lock.unlock();
    if (writer) writer->set();
    return true;
  }

  /// Nothing more will be written, because of `failure` if there is one.
  void end(std::exception_ptr failure) {
    const MutexLock lock(mutex_);
    ended_ = true;
    failure_ = std::move(failure);
    arrived_.notify_all();
  }

  /// Nobody reads any more: the writer shall not wait either. Must be called, or a waiting writer keeps itself and
  /// this body alive.
  void abandon() {
    MutexLock lock(mutex_);
    abandoned_ = true;
    bytes_ = {};
    const auto writer = std::exchange(waiting_, std::nullopt);
    lock.unlock();
    if (writer) writer->set();
  }

 protected:
  pplx::task<size_t> _putn(const std::uint8_t* bytes, size_t count) override {
    const MutexLock lock(mutex_);
    if (abandoned_) return pplx::task_from_result(count);
    bytes_.append(reinterpret_cast<const char*>(bytes), count);
    arrived_.notify_all();
    if (bytes_.size() <= most_) return pplx::task_from_result(count);
    waiting_.emplace();
    return pplx::create_task(*waiting_).then([count] { return count; });
  }

 private:
  Mutex mutex_;
  std::condition_variable_any arrived_;
  const std::size_t most_;
  std::string bytes_ VISIONOPS_GUARDED_BY(mutex_);
  bool ended_ VISIONOPS_GUARDED_BY(mutex_) = false;
  bool abandoned_ VISIONOPS_GUARDED_BY(mutex_) = false;
  std::exception_ptr failure_ VISIONOPS_GUARDED_BY(mutex_);
  /// The writer; told without the lock held: its next write may begin within set().
  std::optional<pplx::task_completion_event<void>> waiting_ VISIONOPS_GUARDED_BY(mutex_);
};

/// What cpprest wants to have around it.
class BodyStream : public concurrency::streams::streambuf<std::uint8_t> {
 public:
  explicit BodyStream(std::shared_ptr<BoundedBody> body) : streambuf(std::move(body)) {}
};

}  // namespace visionops::kube
