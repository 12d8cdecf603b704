// The parts of an http or https URL.
#pragma once

#include <string>

#include "base/result.h"

namespace visionops::sidecar {

struct Endpoint {
  bool tls = false;
  std::string host;  ///< name or address; IPv6 without brackets
  std::string port;
  std::string target;     ///< path and query, at least "/"
  std::string authority;  ///< for the Host header
  std::string ca_pem{};   ///< authorities that may have signed its certificate; empty: those of the system
  bool operator==(const Endpoint&) const = default;
};

/// Invalid for other schemes, user names in the URL, and anything that could break out of a header line.
Result<Endpoint> parse_endpoint(const std::string& url);

}  // namespace visionops::sidecar
