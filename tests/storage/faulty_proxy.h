// A TCP proxy in front of the S3 server that does to chosen requests what networks and servers do.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace visionops::storage {

/// What happens to the next `times` requests whose head contains `match`.
struct Fault {
  enum class Kind {
    Answer,      ///< `text` is the answer; the server sees nothing
    CutRequest,  ///< the connection breaks after `bytes` of the request
    CutReply,    ///< the connection breaks after `bytes` of the reply
    DropReply,   ///< the server does its work, the reply is lost
    Call,        ///< `call` runs when `bytes` of the request have gone on
  };
  Kind kind = Kind::Answer;
  std::string match;
  int times = 1;
  std::size_t bytes = 0;
  std::string text;
  std::function<void()> call;
};

/// "HTTP/1.1 STATUS\r\n..." with a body.
std::string http_answer(const std::string& status, const std::string& body, const std::string& headers = "");

class FaultyProxy {
 public:
  /// `server` is "http://127.0.0.1:PORT".
  explicit FaultyProxy(const std::string& server);
  ~FaultyProxy();
  FaultyProxy(const FaultyProxy&) = delete;
  FaultyProxy& operator=(const FaultyProxy&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  void arm(Fault fault);
  /// Faults that have not happened yet.
  int left();
  /// Bytes that passed in either direction.
  [[nodiscard]] std::int64_t moved() const { return moved_; }

 private:
  class Connection;
  void accept_all(const std::stop_token& stop);
  bool take_fault(const std::string& head, Fault& out);

  int server_port_;
  int listener_;
  int port_ = 0;
  std::mutex mutex_;
  std::vector<Fault> faults_;              // guarded by mutex_
  std::vector<std::jthread> connections_;  // of the accepting thread
  std::atomic<std::int64_t> moved_{0};
  std::jthread acceptor_;
};

}  // namespace visionops::storage
