// A TLS server of one process for what a real API server does not do on request: it says what its script
// says, and falls silent or hangs up where the script does.
#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "operator/kube/transport/endpoint.h"

namespace visionops::kube {

struct CannedRequest {
  std::string method;
  std::string path;  ///< with the query
  std::string head;  ///< request line and headers as they came
  std::string body;
};

/// The server's side of one connection. Used by the script on the thread of that connection.
class CannedConnection {
 public:
  CannedConnection(int fd, SSL* tls) : fd_(fd), tls_(tls) {}

  void send(const std::string& bytes);
  void reply(int status, const std::string& body, const std::string& headers = "");
  /// The head of a reply whose body comes in chunks, each by chunk() until last_chunk().
  void begin_stream();
  void chunk(const std::string& bytes);
  void last_chunk() { send("0\r\n\r\n"); }
  /// Says nothing until the client hangs up or the server ends.
  void wait_for_hang_up();
  /// Ends the connection without another byte.
  void hang_up() { open_ = false; }
  [[nodiscard]] bool open() const { return open_; }
  /// False when there is none.
  bool receive(CannedRequest& request);

 private:
  bool fill();
  int fd_;
  SSL* tls_;
  bool open_ = true;
  std::string buffer_;
};

class CannedServer {
 public:
  using Script = std::function<void(CannedConnection&, const CannedRequest&)>;

  /// `script` runs once a request, for several connections at once.
  explicit CannedServer(Script script);
  ~CannedServer();
  CannedServer(const CannedServer&) = delete;
  CannedServer& operator=(const CannedServer&) = delete;

  /// With the server's certificate as authority.
  [[nodiscard]] Endpoint endpoint() const;
  [[nodiscard]] std::vector<CannedRequest> requests() const;

 private:
  void accept_all();
  void serve(int fd);

  Script script_;
  int port_ = 0;
  int listener_;
  std::shared_ptr<SSL_CTX> tls_;
  mutable std::mutex mutex_;
  std::vector<CannedRequest> requests_;
  std::list<int> open_;  ///< sockets whose threads may block in a read
  bool ending_ = false;
  std::list<std::thread> connections_;
  std::thread acceptor_;
};

/// A key, and a certificate of it for 127.0.0.1 that signs itself; made once a process.
struct CannedIdentity {
  std::shared_ptr<EVP_PKEY> key;
  std::shared_ptr<X509> certificate;
  std::string certificate_pem;
};
const CannedIdentity& canned_identity();
/// A stranger's of the same name.
CannedIdentity another_identity();

}  // namespace visionops::kube
