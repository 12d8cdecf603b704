#include "worker/storage/s3/object_url.h"

#include <algorithm>

namespace visionops::storage {
namespace {

constexpr const char* kUpperHex = "0123456789ABCDEF";

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// The endpoint, with the bucket in front of the host when it does not stand in the path.
std::string host_part(const contract::S3Location& location) {
  if (location.path_style) return location.endpoint;
  const auto host = location.endpoint.find("://") + 3;
  return location.endpoint.substr(0, host) + location.bucket + "." + location.endpoint.substr(host);
}

std::string query_text(Query query) {
  for (auto& [name, value] : query) {
    name = uri_encode(name, false);
    value = uri_encode(value, false);
  }
  std::sort(query.begin(), query.end());
  std::string out;
  for (const auto& [name, value] : query) out += (out.empty() ? "?" : "&") + name + "=" + value;
  return out;
}

}  // namespace

std::string uri_encode(std::string_view text, bool keep_slash) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c) || (c == '/' && keep_slash)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kUpperHex[byte >> 4];
      out += kUpperHex[byte & 15];
    }
  }
  return out;
}

std::optional<std::string> uri_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

std::string object_url(const contract::S3Location& location, const std::string& key, Query query) {
  std::string out = host_part(location) + "/";
  if (location.path_style) out += location.bucket + (key.empty() ? "" : "/");
  return out + uri_encode(key, true) + query_text(std::move(query));
}

}  // namespace visionops::storage
