// A client that sends exactly the bytes it is told to, and a listener for it.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>

#include "operator/http/listener.h"

namespace visionops::http {

class RawClient {
 public:
  /// `from`: its own address, one of 127.0.0.0/8.
  explicit RawClient(const std::string& url, const char* from = "127.0.0.1", int patience_s = 10)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int now = 1;
    ::setsockopt(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &now, sizeof now);
    sockaddr_in own{};
    own.sin_family = AF_INET;
    ::inet_pton(AF_INET, from, &own.sin_addr);
    (void)::bind(fd_, reinterpret_cast<sockaddr*>(&own), sizeof own);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
    ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    const timeval limit{patience_s, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawClient() {
    if (fd_ >= 0) ::close(fd_);
  }
  RawClient(RawClient&& other) noexcept : fd_(std::exchange(other.fd_, -1)), connected_(other.connected_) {}
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// False when not all could be sent: the other side has closed, or takes nothing any more.
  bool send(const std::string& text) const {
    return ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }
  /// Until `end` has been read or the connection ends.
  [[nodiscard]] std::string read_until(const std::string& end) const {
    std::string out;
    char byte = 0;
    while (out.find(end) == std::string::npos && ::recv(fd_, &byte, 1, 0) == 1) out += byte;
    return out;
  }
  [[nodiscard]] std::string read_all() const { return read_until("\r\nthis never comes\r\n"); }
  /// The status of the next answer; 0 when the connection ends without one.
  [[nodiscard]] int status() const {
    const std::string head = read_until("\r\n\r\n");
    return head.size() < 12 ? 0 : std::stoi(head.substr(9, 3));
  }
  [[nodiscard]] bool connected() const { return connected_; }

 private:
  int fd_;
  bool connected_ = false;
};

inline void echo(const Request& request, const Respond& respond) {
  respond({200, request.method + " " + request.path + " " + request.authorization + " " + request.body});
}

inline std::unique_ptr<Listener> listen(ListenerOptions options = {}, Handle handle = echo) {
  auto listener = Listener::start(std::move(options), std::move(handle));
  EXPECT_TRUE(listener) << listener.error().message;
  return std::move(*listener);
}

}  // namespace visionops::http
