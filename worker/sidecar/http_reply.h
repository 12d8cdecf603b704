// The little of an HTTP/1.1 response that a sender of messages needs.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace visionops::sidecar {

struct HttpReply {
  int status = 0;
  std::optional<Duration> retry_after;     ///< at most 5 minutes
  std::optional<std::size_t> body_length;  ///< nullopt: until the end of the connection
  bool close = false;                      ///< the connection cannot be used again
};

/// The head of a response up to and with the empty line. nullopt when it is not HTTP/1.x.
std::optional<HttpReply> parse_reply_head(std::string_view head);

}  // namespace visionops::sidecar
