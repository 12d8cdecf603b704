// A TCP connection with deadlines, with TLS where asked for.
//
// Written on sockets and OpenSSL, which the program has anyway for SHA-256: libcurl would bring some twenty
// libraries and a third of the memory the sidecar may use.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "worker/sidecar/endpoint.h"

namespace visionops::sidecar {

using Deadline = std::chrono::steady_clock::time_point;

/// Not thread-safe.
class Channel {
 public:
  /// With TLS the certificate must be valid for the host and signed by endpoint.ca_pem, or without it
  /// by the system's authorities ($SSL_CERT_FILE, as OpenSSL reads it).
  static Result<std::unique_ptr<Channel>> open(const Endpoint& endpoint, Deadline deadline);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  Status write(std::string_view bytes, Deadline deadline);
  /// At least one byte; 0 when the other side has closed.
  Result<std::size_t> read(char* buffer, std::size_t size, Deadline deadline);

 private:
  struct Tls;
  explicit Channel(int socket);
  Status start_tls(const Endpoint& endpoint, Deadline deadline);
  Status wait(bool to_write, Deadline deadline) const;
  Status wait_for_tls(int result, Deadline deadline);

  int socket_;
  std::unique_ptr<Tls> tls_;
};

}  // namespace visionops::sidecar
