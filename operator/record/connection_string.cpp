#include "operator/record/connection_string.h"

#include <libpq-fe.h>

#include <array>
#include <map>
#include <memory>
#include <utility>

namespace visionops::record {
namespace {

constexpr std::array<std::pair<const char*, const char*>, 5> kBounds{{
    {"connect_timeout", "5"},       // seconds
    {"tcp_user_timeout", "15000"},  // milliseconds
    {"keepalives_idle", "10"},      // seconds
    {"keepalives_interval", "5"},   // seconds
    {"application_name", "visionops"},
}};

/// Quoting of libpq: single quotes, with ' and \ escaped.
std::string quoted(const std::string& value) {
  std::string out = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

}  // namespace

Result<std::string> bounded_connection_string(const std::string& text) {
  char* reason = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(text.c_str(), &reason),
                                                                             &PQconninfoFree);
  PQfreemem(reason);  // it quotes parts of the text
  if (!options)
    return invalid_error("the database connection string is malformed (libpq keywords or a postgresql:// URI)");
  std::map<std::string, std::string> values(kBounds.begin(), kBounds.end());
  for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) values[option->keyword] = option->val;
  }
  std::string out;
  for (const auto& [key, value] : values) out += (out.empty() ? "" : " ") + key + "=" + quoted(value);
  return out;
}

}  // namespace visionops::record
