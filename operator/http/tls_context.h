// The TLS settings of a listener, read again when its files change.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <filesystem>
#include <memory>

#include "base/result.h"
#include "operator/http/listener.h"

namespace visionops::http {

/// Of one thread.
class TlsContext {
 public:
  /// Invalid: a file that cannot be read, or a key that does not belong to the certificate.
  static Result<TlsContext> load(TlsFiles files);

  /// The files are looked at once in ten seconds. While new files are unusable the last good ones serve on:
  /// a certificate and its key are not replaced at one moment.
  std::shared_ptr<boost::asio::ssl::context> current();
  /// The same, and looks now.
  std::shared_ptr<boost::asio::ssl::context> look_again();

 private:
  explicit TlsContext(TlsFiles files) : files_(std::move(files)) {}
  Status reload();

  TlsFiles files_;
  std::filesystem::file_time_type written_{};
  std::chrono::steady_clock::time_point looked_{};
  std::shared_ptr<boost::asio::ssl::context> context_;
};

}  // namespace visionops::http
