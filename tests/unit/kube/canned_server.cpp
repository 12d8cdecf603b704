#include "tests/unit/kube/canned_server.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>

namespace visionops::kube {

namespace {

std::size_t content_length(const std::string& head) {
  const auto at = head.find("Content-Length:");
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + 15));
}

int listen_on_loopback(int& port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (bind(fd, any, size) != 0 || listen(fd, 16) != 0 || getsockname(fd, any, &size) != 0) {
    throw std::runtime_error("no port on the loopback interface");
  }
  port = ntohs(address.sin_port);
  return fd;
}

std::shared_ptr<SSL_CTX> tls_context() {
  const std::shared_ptr<SSL_CTX> out(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  SSL_CTX_use_certificate(out.get(), canned_identity().certificate.get());
  SSL_CTX_use_PrivateKey(out.get(), canned_identity().key.get());
  return out;
}

}  // namespace

void CannedConnection::send(const std::string& bytes) {
  if (open_ && SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size())) <= 0) open_ = false;
}

void CannedConnection::reply(int status, const std::string& body, const std::string& headers) {
  send("HTTP/1.1 " + std::to_string(status) + " Canned\r\nContent-Type: application/json\r\n" + headers +
       "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

void CannedConnection::begin_stream() {
  send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
}

void CannedConnection::chunk(const std::string& bytes) {
  std::array<char, 24> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
  send(size.data() + bytes + "\r\n");
}

void CannedConnection::wait_for_hang_up() {
  while (fill()) {
  }
  open_ = false;
}

bool CannedConnection::fill() {
  std::array<char, 4096> part{};
  const int n = SSL_read(tls_, part.data(), static_cast<int>(part.size()));
  if (n > 0) buffer_.append(part.data(), static_cast<std::size_t>(n));
  return n > 0;
}

bool CannedConnection::receive(CannedRequest& request) {
  std::size_t end = std::string::npos;
  while (open_ && (end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return false;
  }
  if (!open_) return false;
  request.head = buffer_.substr(0, end);
  const std::size_t whole = end + 4 + content_length(request.head);
  while (buffer_.size() < whole) {
    if (!fill()) return false;
  }
  request.body = buffer_.substr(end + 4, whole - end - 4);
  buffer_.erase(0, whole);
  const auto space = request.head.find(' ');
  request.method = request.head.substr(0, space);
  request.path = request.head.substr(space + 1, request.head.find(' ', space + 1) - space - 1);
  return true;
}

CannedServer::CannedServer(Script script)
    : script_(std::move(script)), listener_(listen_on_loopback(port_)), tls_(tls_context()) {
  std::signal(SIGPIPE, SIG_IGN);  // clients that hang up are part of the plot
  acceptor_ = std::thread([this] { accept_all(); });
}

CannedServer::~CannedServer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    for (const int fd : open_) shutdown(fd, SHUT_RDWR);
  }
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (auto& connection : connections_) connection.join();
  close(listener_);
}

Endpoint CannedServer::endpoint() const {
  Endpoint out;
  out.server = "https://127.0.0.1:" + std::to_string(port_);
  out.ca_pem = canned_identity().certificate_pem;
  return out;
}

std::vector<CannedRequest> CannedServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void CannedServer::accept_all() {
  while (true) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const std::lock_guard lock(mutex_);
    open_.push_back(fd);
    if (ending_) shutdown(fd, SHUT_RDWR);
    connections_.emplace_back([this, fd] { serve(fd); });
  }
}

void CannedServer::serve(int fd) {
  const std::shared_ptr<SSL> tls(SSL_new(tls_.get()), SSL_free);
  SSL_set_fd(tls.get(), fd);
  if (SSL_accept(tls.get()) == 1) {
    CannedConnection connection(fd, tls.get());
    CannedRequest request;
    while (connection.receive(request)) {
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      script_(connection, request);
    }
  }
  const std::lock_guard lock(mutex_);
  open_.remove(fd);
  close(fd);
}

}  // namespace visionops::kube
