#include "worker/exec/process/console.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace visionops::exec {

namespace {

constexpr std::size_t kMostConsoleBytes = std::size_t{8} << 20;
/// PIPE_BUF: a pipe that poll(2) calls writable takes that many without waiting.
constexpr std::size_t kBytesAtOnce = 4096;
constexpr Duration kConsoleLook{100};

}  // namespace

Console::Console(int out, int err)
    : queue_(kMostConsoleBytes), fds_{out, err}, thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Console::run(const std::stop_token& stop) {
  while (!stop.stop_requested() && !queue_.over()) {
    for (const auto& piece : queue_.take(kConsoleLook)) {
      if (piece.lost > 0) {
        write({piece.stream,
               "\n[visionops-exec: " + std::to_string(piece.lost) +
                   " bytes are left out here: " + "nobody read this console; job.log has them]\n",
               {},
               0},
              stop);
      }
      write(piece, stop);
    }
  }
  done_ = true;
}

void Console::write(const Piece& piece, const std::stop_token& stop) {
  const auto which = static_cast<std::size_t>(piece.stream == 2 ? 1 : 0);
  std::string_view rest = piece.bytes;
  while (!rest.empty() && !gone_[which] && !stop.stop_requested()) {
    pollfd ready{fds_[which], POLLOUT, 0};
    if (::poll(&ready, 1, static_cast<int>(kConsoleLook.count())) <= 0) continue;
    const ssize_t n = ::write(fds_[which], rest.data(), std::min(rest.size(), kBytesAtOnce));
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n < 0) gone_[which] = true;
    if (n > 0) rest.remove_prefix(static_cast<std::size_t>(n));
    if (n > 0) written_ += n;
  }
}

void Console::put(int stream, std::string_view bytes, TimePoint at) {
  auto written = written_.load();
  auto until = std::chrono::steady_clock::now() + kConsoleStall;
  while (!queue_.has_room(bytes.size()) && written != stalled_at_) {
    if (std::chrono::steady_clock::now() >= until) stalled_at_ = written;
    std::this_thread::sleep_for(Duration{1});
    if (const auto now = written_.load(); now != written) {
      written = now;
      until = std::chrono::steady_clock::now() + kConsoleStall;
    }
  }
  queue_.put(stream, bytes, at);
}

void Console::finish(Duration patience) {
  queue_.close();
  auto written = written_.load();
  auto until = std::chrono::steady_clock::now() + patience;
  while (!done_ && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(Duration{5});
    if (const auto now = written_.load(); now != written) {
      written = now;
      until = std::chrono::steady_clock::now() + patience;
    }
  }
  thread_.request_stop();
}

}  // namespace visionops::exec
