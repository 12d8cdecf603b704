#include "operator/kube/codec/rest_path.h"

namespace visionops::kube {

std::string percent_encode(const std::string& text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (std::isalnum(u) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      out += '%';
      out += kHex[u >> 4];
      out += kHex[u & 15];
    }
  }
  return out;
}

std::string collection_path(cluster::Kind kind, const std::string& namespace_) {
  const auto& row = cluster::row_of(kind);
  std::string path = row.group().empty() ? "/api/" : "/apis/";
  path += row.api_version;
  if (!namespace_.empty()) path += "/namespaces/" + percent_encode(namespace_);
  return path.append("/").append(row.plural);
}

std::string object_path(const cluster::ObjectKey& key, const std::string& subresource) {
  const std::string path = collection_path(key.kind, key.namespace_) + "/" + percent_encode(key.name);
  return subresource.empty() ? path : path + "/" + subresource;
}

std::string label_selector(const std::map<std::string, std::string>& labels) {
  std::string out;
  for (const auto& [key, value] : labels) out += (out.empty() ? "" : ",") + key + "=" + value;
  return percent_encode(out);
}

}  // namespace visionops::kube
