// libpq connection strings: "host=... dbname=..." or "postgresql://user@host/db".
#pragma once

#include <string>

#include "base/result.h"

namespace visionops::record {

/// Checks the text with libpq's own parser and adds what keeps a call from hanging for ever
/// (connect_timeout, tcp_user_timeout, keepalives) where the user set nothing. Invalid when malformed;
/// the message never repeats the text, which may hold a password.
Result<std::string> bounded_connection_string(const std::string& text);

}  // namespace visionops::record
