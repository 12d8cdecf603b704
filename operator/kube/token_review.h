// Whose token is this? Asked of the API server (authentication.k8s.io/v1 TokenReview).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "operator/kube/transport/http_transport.h"

namespace visionops::kube {

/// The Pod that a service account token is bound to.
struct ReviewedPod {
  std::string namespace_;
  std::string name;
  std::string uid;
  bool operator==(const ReviewedPod&) const = default;
};

/// The body of a review for `audience`.
std::string review_request(const Secret& token, const std::string& audience);
/// nullopt: not authenticated, not for `audience`, or not bound to a Pod. Invalid: not a TokenReview.
Result<std::optional<ReviewedPod>> read_review(const std::string& body, const std::string& audience);

/// Thread-safe; blocks for at most five seconds.
class TokenReviewer {
 public:
  TokenReviewer(std::unique_ptr<HttpTransport> transport, std::string audience)
      : transport_(std::move(transport)), audience_(std::move(audience)) {}

  /// Retry: the API server gave no verdict, which says nothing about the token.
  Result<std::optional<ReviewedPod>> review(const Secret& token);

 private:
  std::unique_ptr<HttpTransport> transport_;
  std::string audience_;
};

}  // namespace visionops::kube
