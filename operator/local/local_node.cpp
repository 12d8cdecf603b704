#include "operator/local/local_node.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <system_error>

namespace visionops::local {
namespace {

constexpr Duration kLongestSleep = std::chrono::hours(1);
constexpr Duration kAfterAnError = std::chrono::seconds(1);
/// What SIGKILL takes at most; a process that then still hangs in the kernel is left to it.
constexpr Duration kDeath = std::chrono::seconds(2);
constexpr int kMaxSettleSteps = 1000;

void ring(int fd) {
  const std::uint64_t one = 1;
  const ssize_t ignored = ::write(fd, &one, sizeof one);
  (void)ignored;  // it can only fail when the counter is full: then the reader is awake anyway
}

void silence(int fd) {
  std::uint64_t count = 0;
  const ssize_t ignored = ::read(fd, &count, sizeof count);
  (void)ignored;  // non-blocking: nothing was rung
}

}  // namespace

LocalNode::LocalNode(ObjectStore& store, PodTokens& tokens, NodeOptions options, const Clock& clock,
                     const std::filesystem::path& data)
    : store_(store),
      clock_(clock),
      log_(options.log),
      jobs_(store),
      node_(store, tokens, std::move(options)),
      life_(data) {
  node_.recover();
}

LocalNode::~LocalNode() { shutdown(Duration::zero()); }

Status LocalNode::start() {
  wake_ = FileDescriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake_) return system_error("cannot create", "eventfd");
  const int wake = wake_.get();
  store_.set_listener([wake] { ring(wake); });
  try {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  } catch (const std::system_error& failure) {
    return retry_error(std::string("cannot start the node's thread: ") + failure.what());
  }
  return {};
}

void LocalNode::shutdown(Duration grace) {
  if (!thread_.joinable()) return;
  {
    const MutexLock lock(mutex_);
    grace_ = grace;
  }
  thread_.request_stop();
  ring(wake_.get());
  thread_.join();
  store_.set_listener({});
}

/// The guard lives exactly as long as this thread, which is the parent of all Pod processes.
void LocalNode::run(const std::stop_token& stop) {
  if (auto guard = ProcessGuard::start()) {
    guard_.emplace(std::move(*guard));
    node_.set_guard(&*guard_);
  } else if (log_) {
    log_(guard.error().message);
  }
  bool more = true;
  while (more) {
    try {
      more = run_once(stop);
    } catch (const std::exception& failure) {
      if (log_) log_(std::string("embedded node: ") + failure.what());
      sleep(clock_.now() + kAfterAnError);
    }
  }
  node_.set_guard(nullptr);
  guard_.reset();
  life_.end(clock_.now());
}

bool LocalNode::run_once(const std::stop_token& stop) {
  const TimePoint now = clock_.now();
  life_.beat(now);
  if (stop.stop_requested() && !deadline_) {
    const MutexLock lock(mutex_);
    deadline_ = now + grace_;
    node_.drain(now, *deadline_);
  }
  const auto before = store_.version();
  auto due = step(now);
  if (deadline_) {
    if (now >= *deadline_ + kDeath) return false;
    if (node_.empty() && store_.version() == before) return false;
    if (!due || *deadline_ + kDeath < *due) due = *deadline_ + kDeath;
  }
  sleep(due);
  return true;
}

std::optional<TimePoint> LocalNode::step(TimePoint now) {
  const WriteBatch batch(store_);
  const auto jobs = jobs_.step(now);
  const auto node = node_.step(now);
  if (!jobs || !node) return jobs ? jobs : node;
  return std::min(*jobs, *node);
}

void LocalNode::sleep(std::optional<TimePoint> due) {
  std::vector<pollfd> fds{{wake_.get(), POLLIN, 0}};
  for (const int fd : node_.pidfds()) fds.push_back({fd, POLLIN, 0});
  const TimePoint next = due ? std::min(*due, life_.next_beat()) : life_.next_beat();
  const Duration left = std::clamp(next - clock_.now(), Duration::zero(), kLongestSleep);
  // One more than the rest of the division: waking a moment early would only spin.
  ::poll(fds.data(), fds.size(), static_cast<int>(left.count()) + (left > Duration::zero() ? 1 : 0));
  silence(wake_.get());
}

void LocalNode::settle() {
  node_.drain(clock_.now(), clock_.now());
  for (int i = 0; i < kMaxSettleSteps; ++i) {
    const auto before = store_.version();
    step(clock_.now());
    if (store_.version() == before) return;
  }
}

}  // namespace visionops::local
