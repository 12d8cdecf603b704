#include "worker/sidecar/endpoint.h"

#include <algorithm>
#include <string_view>

namespace visionops::sidecar {
namespace {

constexpr std::string_view kHttp = "http://";
constexpr std::string_view kHttps = "https://";

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Result<Endpoint> parse_endpoint(const std::string& url) {
  Endpoint out;
  out.tls = url.starts_with(kHttps);
  if (!out.tls && !url.starts_with(kHttp))
    return invalid_error("the telemetry URL must begin with http:// or https://");
  std::string_view rest(url);
  rest.remove_prefix(out.tls ? kHttps.size() : kHttp.size());
  const auto path = rest.find('/');
  out.authority = rest.substr(0, path);
  out.target = path == std::string_view::npos ? "/" : rest.substr(path);
  out.port = out.tls ? "443" : "80";
  std::string_view host(out.authority);
  const auto colon = host.rfind(':');
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
    out.port = host.substr(colon + 1);
    host = host.substr(0, colon);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  out.host = host;
  const bool sound = !out.host.empty() && is_port(out.port) && printable(url) && url.find('@') == std::string::npos &&
                     url.find('#') == std::string::npos;
  if (!sound) return invalid_error("the telemetry URL is malformed");
  return out;
}

}  // namespace visionops::sidecar
