#include "base/parallel/parallel_for.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <optional>
#include <thread>
#include <vector>

#include "base/mutex.h"

namespace visionops {
namespace {

struct Loop {
  std::size_t count;
  std::stop_token stop;
  const std::function<Status(std::size_t)>& body;
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> done{0};
  std::atomic<bool> failed{false};
  Mutex mutex;
  std::optional<Error> error VISIONOPS_GUARDED_BY(mutex);

  void fail(Error e) {
    const MutexLock lock(mutex);
    if (!failed.exchange(true)) error = std::move(e);
  }

  void work() {
    try {
      while (!failed && !stop.stop_requested()) {
        const auto i = next.fetch_add(1);
        if (i >= count) return;
        if (auto status = body(i); !status) return fail(status.error());
        ++done;
      }
    } catch (const std::exception& e) {
      fail(internal_error(e.what()));
    }
  }
};

}  // namespace

Status parallel_for(std::size_t count, unsigned threads, std::stop_token stop,
                    const std::function<Status(std::size_t)>& body) {
  Loop loop{count, std::move(stop), body, {}, {}, {}, {}, {}};
  const std::size_t wanted = thread_count(threads);
  {
    std::vector<std::jthread> workers;
    for (std::size_t t = 0; t < std::min(wanted, count); ++t) workers.emplace_back([&loop] { loop.work(); });
  }
  const MutexLock lock(loop.mutex);
  if (loop.error) return *loop.error;
  if (loop.done < count) return Error{ErrorClass::Cancelled, "asked to stop"};
  return {};
}

}  // namespace visionops
