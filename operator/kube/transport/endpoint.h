// Where the API server is and who we are to it.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"

namespace visionops::kube {

/// A bearer token that may change: a constant, a file (re-read after a minute, as service account
/// tokens rotate), or the answer of an exec credential plugin (kept until shortly before it expires).
class TokenSource {
 public:
  using Fetch = std::function<Result<std::pair<Secret, std::chrono::steady_clock::time_point>>()>;

  TokenSource() = default;
  /// `fetch` returns the token and the moment from which it must be fetched again.
  explicit TokenSource(Fetch fetch) : fetch_(std::move(fetch)) {}

  static TokenSource constant(Secret token);
  static TokenSource file(std::string path);
  /// client.authentication.k8s.io/v1 ExecCredential: runs `command` and reads status.token.
  static TokenSource exec(std::vector<std::string> command, std::vector<std::pair<std::string, std::string>> env);

  [[nodiscard]] bool none() const { return !fetch_; }
  /// Not thread-safe: the transport serialises calls.
  Result<Secret> bearer();
  /// The server did not take the token (401): the next bearer() fetches another one.
  void distrust() { refresh_at_ = {}; }

 private:
  Fetch fetch_;
  Secret cached_;
  std::chrono::steady_clock::time_point refresh_at_{};
};

struct Endpoint {
  std::string server;  ///< https://host:port
  std::string ca_pem;  ///< empty: the system's authorities
  Secret client_certificate_pem;
  Secret client_key_pem;
  TokenSource token;
  std::string default_namespace = "default";
};

/// Reads a kubeconfig file ($KUBECONFIG or ~/.kube/config when `path` is empty) and picks a context
/// (the current one when `context` is empty). Certificates must be verifiable: insecure-skip-tls-verify
/// is refused.
Result<Endpoint> endpoint_from_kubeconfig(const std::string& path, const std::string& context);

/// $KUBERNETES_SERVICE_HOST and the service account folder of a Pod; NotFound outside of one.
Result<Endpoint> endpoint_in_cluster();

}  // namespace visionops::kube
