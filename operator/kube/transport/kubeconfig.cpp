#include <openssl/evp.h>
#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "operator/kube/transport/endpoint.h"

namespace visionops::kube {

namespace {

namespace fs = std::filesystem;
constexpr const char* kServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount/";

Result<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) return not_found_error(path.string() + " cannot be read");
  return text.str();
}

Result<std::string> decode_base64(const std::string& text, const std::string& field) {
  std::string compact;
  for (const char c : text) {
    if (c != '\n' && c != '\r' && c != ' ') compact += c;
  }
  std::string out(compact.size() / 4 * 3 + 3, '\0');
  const int n =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(compact.data()), static_cast<int>(compact.size()));
  if (n < 0) return invalid_error(field + " is not base64");
  std::size_t size = static_cast<std::size_t>(n);
  for (std::size_t i = compact.size(); i > 0 && compact[i - 1] == '='; --i) --size;
  out.resize(size);
  return out;
}

std::string text_of(const YAML::Node& node, const char* key) {
  const YAML::Node value = node[key];
  return value && value.IsScalar() ? value.Scalar() : std::string();
}

/// `KEY-data` inline, or the file `KEY` relative to the kubeconfig; empty when neither is given.
Result<std::string> inline_or_file(const YAML::Node& node, const std::string& key, const fs::path& folder) {
  if (const auto inlined = text_of(node, (key + "-data").c_str()); !inlined.empty())
    return decode_base64(inlined, key + "-data");
  if (const auto file = text_of(node, key.c_str()); !file.empty()) return read_file(folder / file);
  return std::string();
}

/// The entry of a kubeconfig list by its name; an undefined node when missing.
YAML::Node named(const YAML::Node& list, const std::string& name, const char* member) {
  for (const auto& entry : list) {
    if (text_of(entry, "name") == name) return entry[member];
  }
  return YAML::Node(YAML::NodeType::Undefined);
}

Result<TokenSource> token_of(const YAML::Node& user, const fs::path& folder) {
  if (const auto token = text_of(user, "token"); !token.empty()) return TokenSource::constant(Secret(token));
  if (const auto file = text_of(user, "tokenFile"); !file.empty()) return TokenSource::file((folder / file).string());
  const YAML::Node exec = user["exec"];
  if (!exec) return TokenSource();
  std::vector<std::string> command{text_of(exec, "command")};
  if (command.front().empty()) return invalid_error("users[].user.exec.command is required");
  if (exec["args"]) {
    for (const auto& a : exec["args"]) command.push_back(a.as<std::string>());
  }
  std::vector<std::pair<std::string, std::string>> env;
  if (exec["env"] && exec["env"].IsSequence()) {
    for (const auto& e : exec["env"]) env.emplace_back(text_of(e, "name"), text_of(e, "value"));
  }
  return TokenSource::exec(std::move(command), std::move(env));
}

Result<Endpoint> build(const YAML::Node& config, const std::string& wanted, const fs::path& folder) {
  const std::string context_name = wanted.empty() ? text_of(config, "current-context") : wanted;
  const YAML::Node context = named(config["contexts"], context_name, "context");
  if (!context) return invalid_error("context \"" + context_name + "\" is not in the file");
  const YAML::Node cluster = named(config["clusters"], text_of(context, "cluster"), "cluster");
  if (!cluster) return invalid_error("cluster \"" + text_of(context, "cluster") + "\" is not in the file");
  if (text_of(cluster, "insecure-skip-tls-verify") == "true") {
    return invalid_error("insecure-skip-tls-verify is refused; give certificate-authority-data instead");
  }
  Endpoint endpoint;
  endpoint.server = text_of(cluster, "server");
  if (endpoint.server.empty()) return invalid_error("clusters[].cluster.server is required");
  if (const auto ns = text_of(context, "namespace"); !ns.empty()) endpoint.default_namespace = ns;
  auto ca = inline_or_file(cluster, "certificate-authority", folder);
  if (!ca) return ca.error();
  endpoint.ca_pem = *ca;
  const YAML::Node user = named(config["users"], text_of(context, "user"), "user");
  if (!user) return endpoint;
  auto certificate = inline_or_file(user, "client-certificate", folder);
  if (!certificate) return certificate.error();
  auto key = inline_or_file(user, "client-key", folder);
  if (!key) return key.error();
  endpoint.client_certificate_pem = Secret(*certificate);
  endpoint.client_key_pem = Secret(*key);
  auto token = token_of(user, folder);
  if (!token) return token.error();
  endpoint.token = std::move(*token);
  return endpoint;
}

std::string default_path() {
  if (const char* env = std::getenv("KUBECONFIG"); env != nullptr && *env != '\0') return env;
  const char* home = std::getenv("HOME");
  return std::string(home ? home : "") + "/.kube/config";
}

}  // namespace

Result<Endpoint> endpoint_from_kubeconfig(const std::string& path, const std::string& context) {
  const fs::path file = path.empty() ? default_path() : path;
  const auto text = read_file(file);
  if (!text) return text.error().in("kubeconfig");
  try {
    auto endpoint = build(YAML::Load(*text), context, file.parent_path());
    return endpoint ? std::move(endpoint) : Result<Endpoint>(endpoint.error().in(file.string()));
  } catch (const YAML::Exception& error) {
    return invalid_error(file.string() + ": " + error.what());
  }
}

Result<Endpoint> endpoint_in_cluster() {
  const char* host = std::getenv("KUBERNETES_SERVICE_HOST");
  const char* port = std::getenv("KUBERNETES_SERVICE_PORT");
  if (host == nullptr || port == nullptr)
    return not_found_error("not inside a Pod: KUBERNETES_SERVICE_HOST is not set");
  const std::string folder = kServiceAccount;
  auto ca = read_file(folder + "ca.crt");
  if (!ca) return ca.error();
  Endpoint endpoint;
  const bool v6 = std::string(host).find(':') != std::string::npos;
  endpoint.server = "https://" + (v6 ? "[" + std::string(host) + "]" : std::string(host)) + ":" + port;
  endpoint.ca_pem = *ca;
  endpoint.token = TokenSource::file(folder + "token");
  if (const auto ns = read_file(folder + "namespace"); ns) endpoint.default_namespace = *ns;
  return endpoint;
}

}  // namespace visionops::kube
