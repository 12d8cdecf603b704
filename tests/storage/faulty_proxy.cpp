#include "tests/storage/faulty_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace visionops::storage {
namespace {

constexpr int kPatience = 20;  // milliseconds between two looks at the stop token

sockaddr_in loopback(int port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(static_cast<std::uint16_t>(port));
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

int connect_to(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = loopback(port);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

std::string http_answer(const std::string& status, const std::string& body, const std::string& headers) {
  return "HTTP/1.1 " + status + "\r\nContent-Type: application/xml\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n" + headers + "\r\n" + body;
}

/// One client and its own connection to the server.
class FaultyProxy::Connection {
 public:
  Connection(FaultyProxy& proxy, int client) : proxy_(proxy), client_(client) {}
  ~Connection() {
    ::close(client_);
    if (server_ >= 0) ::close(server_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void run(const std::stop_token& stop) {
    server_ = connect_to(proxy_.server_port_);
    while (!stop.stop_requested()) {
      std::array<pollfd, 2> ends{pollfd{client_, POLLIN, 0}, pollfd{server_, POLLIN, 0}};
      ::poll(ends.data(), ends.size(), kPatience);
      if ((ends[0].revents != 0 && !forward_request()) || (ends[1].revents != 0 && !forward_reply())) return;
    }
  }

 private:
  enum class Cut { None, Request, Reply };

  bool read_from(int fd, std::string& out) {
    const ssize_t n = ::recv(fd, buffer_.data(), buffer_.size(), 0);
    if (n <= 0) return false;
    proxy_.moved_ += n;
    out.assign(buffer_.data(), static_cast<std::size_t>(n));
    return true;
  }

  bool forward_request() {
    std::string bytes;
    if (!read_from(client_, bytes)) return false;
    Fault fault;
    if (proxy_.take_fault(bytes, fault) && !begin(fault)) return false;
    if (server_ < 0) return false;  // there is no server now
    if (cut_ == Cut::Request) return forward_until_cut(server_, bytes);
    if (!send_all(server_, bytes)) return false;
    left_ -= std::min(left_, bytes.size());
    if (call_ && left_ == 0) call_now();
    return true;
  }

  void call_now() { std::exchange(call_, nullptr)(); }

  /// False when the connection is at its end.
  bool begin(const Fault& fault) {
    left_ = fault.bytes;
    switch (fault.kind) {
      case Fault::Kind::Answer:
        answer(fault.text);
        return false;
      case Fault::Kind::CutRequest:
        cut_ = Cut::Request;
        return true;
      case Fault::Kind::CutReply:
        cut_ = Cut::Reply;
        return true;
      case Fault::Kind::DropReply:
        cut_ = Cut::Reply;
        left_ = 0;
        return true;
      case Fault::Kind::Call:
        call_ = fault.call;
        if (left_ == 0) call_now();
        return true;
    }
    return false;
  }

  /// Closing with unread bytes would reset the connection before the client has the answer.
  void answer(const std::string& text) {
    send_all(client_, text);
    ::shutdown(client_, SHUT_WR);
    std::string rest;
    pollfd end{client_, POLLIN, 0};
    while (::poll(&end, 1, 500) > 0 && read_from(client_, rest)) {
    }
  }

  bool forward_reply() {
    std::string bytes;
    if (!read_from(server_, bytes)) return false;
    if (cut_ != Cut::Reply || bytes.starts_with("HTTP/1.1 100")) return send_all(client_, bytes);
    return forward_until_cut(client_, bytes);
  }

  bool forward_until_cut(int to, const std::string& bytes) {
    const std::size_t count = std::min(left_, bytes.size());
    left_ -= count;
    return send_all(to, std::string_view(bytes).substr(0, count)) && left_ > 0;
  }

  FaultyProxy& proxy_;
  int client_;
  int server_ = -1;
  Cut cut_ = Cut::None;
  std::size_t left_ = 0;
  std::function<void()> call_;
  std::array<char, 65536> buffer_{};
};

FaultyProxy::FaultyProxy(const std::string& server)
    : server_port_(std::stoi(server.substr(server.rfind(':') + 1))),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  auto address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no port for the proxy");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::jthread([this](const std::stop_token& stop) { accept_all(stop); });
}

FaultyProxy::~FaultyProxy() {
  acceptor_.request_stop();
  acceptor_.join();
  connections_.clear();
  ::close(listener_);
}

void FaultyProxy::accept_all(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    pollfd end{listener_, POLLIN, 0};
    if (::poll(&end, 1, kPatience) <= 0) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    connections_.emplace_back([this, client](const std::stop_token& own) { Connection(*this, client).run(own); });
  }
}

void FaultyProxy::arm(Fault fault) {
  const std::lock_guard lock(mutex_);
  faults_.push_back(std::move(fault));
}

int FaultyProxy::left() {
  const std::lock_guard lock(mutex_);
  int out = 0;
  for (const auto& fault : faults_) out += fault.times;
  return out;
}

bool FaultyProxy::take_fault(const std::string& head, Fault& out) {
  const std::lock_guard lock(mutex_);
  for (auto fault = faults_.begin(); fault != faults_.end(); ++fault) {
    if (head.find(fault->match) == std::string::npos || head.find(" HTTP/1.1\r\n") == std::string::npos) continue;
    out = *fault;
    if (--fault->times == 0) faults_.erase(fault);
    return true;
  }
  return false;
}

}  // namespace visionops::storage
