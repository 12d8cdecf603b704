#include "worker/sidecar/channel.h"

#include <netdb.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace visionops::sidecar {
namespace {

Error system_error(const char* what, int code) { return retry_error(std::string(what) + ": " + std::strerror(code)); }

std::string tls_reason() {
  const char* const text = ERR_reason_error_string(ERR_get_error());
  return text != nullptr ? text : "connection lost";
}

/// Milliseconds left, at least 0.
int left_until(Deadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

/// 0 when `socket` is ready in time, else an errno.
int wait_ready(int socket, short events, Deadline deadline) {
  pollfd ready{socket, events, 0};
  while (true) {
    const int count = ::poll(&ready, 1, left_until(deadline));
    if (count > 0) return 0;
    if (count == 0) return ETIMEDOUT;
    if (errno != EINTR) return errno;
  }
}

/// 0, or an errno.
int connect_to(int socket, const addrinfo& address, Deadline deadline) {
  if (::connect(socket, address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  if (const int code = wait_ready(socket, POLLOUT, deadline); code != 0) return code;
  int code = 0;
  socklen_t size = sizeof(code);
  return ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : errno;
}

/// Trusts the certificates of `pem` and no others; without them those of the system.
Status trust(SSL_CTX* context, const std::string& pem) {
  if (pem.empty()) {
    return SSL_CTX_set_default_verify_paths(context) == 1 ? Status() : Status(retry_error("TLS: " + tls_reason()));
  }
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                       &BIO_free);
  int found = 0;
  while (X509* certificate = PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)) {
    found += X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate);
    X509_free(certificate);
  }
  ERR_clear_error();  // the end of the text is reported as an error
  return found > 0 ? Status() : Status(retry_error("TLS: the authority given for telemetry is no PEM certificate"));
}

}  // namespace

struct Channel::Tls {
  SSL_CTX* context = nullptr;
  SSL* session = nullptr;
  ~Tls() {
    SSL_free(session);
    SSL_CTX_free(context);
  }
};

Channel::Channel(int socket) : socket_(socket) {}

Channel::~Channel() {
  tls_.reset();
  ::close(socket_);
}

Result<std::unique_ptr<Channel>> Channel::open(const Endpoint& endpoint, Deadline deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int code = ::getaddrinfo(endpoint.host.c_str(), endpoint.port.c_str(), &hints, &found); code != 0) {
    return retry_error(endpoint.host + ": " + ::gai_strerror(code));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
  int failure = EHOSTUNREACH;
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    const int socket = ::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0) return system_error("socket", errno);
    std::unique_ptr<Channel> channel(new Channel(socket));
    failure = connect_to(socket, *address, deadline);
    if (failure != 0) continue;
    if (endpoint.tls) {
      if (auto status = channel->start_tls(endpoint, deadline); !status) return status.error();
    }
    return channel;
  }
  return system_error(endpoint.authority.c_str(), failure);
}

Status Channel::start_tls(const Endpoint& endpoint, Deadline deadline) {
  const std::string& host = endpoint.host;
  tls_ = std::make_unique<Tls>();
  tls_->context = SSL_CTX_new(TLS_client_method());
  if (tls_->context == nullptr) return retry_error("TLS: " + tls_reason());
  if (auto status = trust(tls_->context, endpoint.ca_pem); !status) return status;
  SSL_CTX_set_min_proto_version(tls_->context, TLS1_2_VERSION);
  SSL_CTX_set_verify(tls_->context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(tls_->context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  tls_->session = SSL_new(tls_->context);
  if (tls_->session == nullptr || SSL_set_fd(tls_->session, socket_) != 1) return retry_error("TLS: " + tls_reason());
  // An address is checked as an address, a name as a name; only names are announced (SNI).
  const bool address = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls_->session), host.c_str()) == 1;
  const bool named = address || (SSL_set1_host(tls_->session, host.c_str()) == 1 &&
                                 SSL_set_tlsext_host_name(tls_->session, host.c_str()) == 1);
  if (!named) return retry_error("TLS: " + tls_reason());
  ERR_clear_error();
  for (int result = SSL_connect(tls_->session); result != 1; result = SSL_connect(tls_->session)) {
    if (auto status = wait_for_tls(result, deadline); !status) {
      const long verdict = SSL_get_verify_result(tls_->session);
      if (verdict == X509_V_OK) return status;
      return retry_error(std::string("TLS: the certificate is refused: ") + X509_verify_cert_error_string(verdict));
    }
  }
  return {};
}

Status Channel::wait(bool to_write, Deadline deadline) const {
  const int code = wait_ready(socket_, to_write ? POLLOUT : POLLIN, deadline);
  return code == 0 ? Status() : Status(system_error("telemetry endpoint", code));
}

/// Waits for what TLS wants before the call that gave `result` can go on.
Status Channel::wait_for_tls(int result, Deadline deadline) {
  switch (SSL_get_error(tls_->session, result)) {
    case SSL_ERROR_WANT_READ:
      return wait(false, deadline);
    case SSL_ERROR_WANT_WRITE:
      return wait(true, deadline);
    default:
      return retry_error("TLS: " + tls_reason());
  }
}

Status Channel::write(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    ssize_t sent = 0;
    Status status;
    if (tls_) {
      ERR_clear_error();
      sent = SSL_write(tls_->session, bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20)));
      if (sent <= 0) status = wait_for_tls(static_cast<int>(sent), deadline);
    } else {
      sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0)
        status = errno == EAGAIN || errno == EINTR ? wait(true, deadline) : Status(system_error("send", errno));
    }
    if (!status) return status;
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

Result<std::size_t> Channel::read(char* buffer, std::size_t size, Deadline deadline) {
  while (true) {
    ssize_t got = 0;
    Status status;
    if (tls_) {
      ERR_clear_error();
      got = SSL_read(tls_->session, buffer, static_cast<int>(std::min<std::size_t>(size, 1 << 20)));
      if (got <= 0 && SSL_get_error(tls_->session, static_cast<int>(got)) == SSL_ERROR_ZERO_RETURN)
        return std::size_t{0};
      if (got <= 0) status = wait_for_tls(static_cast<int>(got), deadline);
    } else {
      got = ::recv(socket_, buffer, size, 0);
      if (got == 0) return std::size_t{0};
      if (got < 0)
        status = errno == EAGAIN || errno == EINTR ? wait(false, deadline) : Status(system_error("recv", errno));
    }
    if (!status) return status.error();
    if (got > 0) return static_cast<std::size_t>(got);
  }
}

}  // namespace visionops::sidecar
