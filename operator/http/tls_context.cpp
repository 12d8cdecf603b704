#include "operator/http/tls_context.h"

#include <openssl/ssl.h>

#include <algorithm>

namespace visionops::http {

namespace ssl = boost::asio::ssl;

namespace {
constexpr std::chrono::seconds kLookAgain{10};
}

Result<TlsContext> TlsContext::load(TlsFiles files) {
  TlsContext out(std::move(files));
  if (auto loaded = out.reload(); !loaded) return loaded.error();
  return out;
}

Status TlsContext::reload() {
  std::error_code missing;
  const auto certificate = std::filesystem::last_write_time(files_.certificate_chain, missing);
  if (missing) return invalid_error(files_.certificate_chain.string() + ": " + missing.message());
  const auto key = std::filesystem::last_write_time(files_.private_key, missing);
  if (missing) return invalid_error(files_.private_key.string() + ": " + missing.message());
  const auto written = std::max(certificate, key);
  if (context_ && written == written_) return {};

  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  boost::system::error_code error;
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  context->use_certificate_chain_file(files_.certificate_chain.string(), error);
  if (error) return invalid_error(files_.certificate_chain.string() + ": " + error.message());
  context->use_private_key_file(files_.private_key.string(), ssl::context::pem, error);
  if (error) return invalid_error(files_.private_key.string() + ": " + error.message());
  context_ = std::move(context);
  written_ = written;
  return {};
}

std::shared_ptr<ssl::context> TlsContext::current() {
  return std::chrono::steady_clock::now() - looked_ >= kLookAgain ? look_again() : context_;
}

std::shared_ptr<ssl::context> TlsContext::look_again() {
  looked_ = std::chrono::steady_clock::now();
  (void)reload();
  return context_;
}

}  // namespace visionops::http
