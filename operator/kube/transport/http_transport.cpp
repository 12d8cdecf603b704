#include "operator/kube/transport/http_transport.h"

#include <cpprest/http_client.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <pplx/threadpool.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>

#include "base/mutex.h"
#include "operator/kube/transport/bounded_body.h"
#include "operator/kube/transport/deadline_timer.h"

namespace visionops::kube {

namespace {

namespace http = web::http;
using SteadyTime = std::chrono::steady_clock::time_point;

/// cpprest closes the socket of a cancelled request on the thread that cancels, while a thread of its pool may
/// be inside of the same socket (a crash in one of a few hundred). With a pool of one thread, which does all
/// socket work and all cancelling, they cannot meet. False when somebody else has started a larger pool.
bool own_pool() {
  static const bool ours = [] {
    try {
      crossplat::threadpool::initialize_with_threads(1);
      return true;
    } catch (const std::exception&) {
      return false;
    }
  }();
  return ours;
}

void cancel_on_pool(const pplx::cancellation_token_source& source) {
  boost::asio::post(crossplat::threadpool::shared_instance().service(), [source] { source.cancel(); });
}

/// Ends one exchange at its deadline or when the caller stops.
class Bounded {
 public:
  Bounded(DeadlineTimer& timer, SteadyTime deadline, const std::stop_token& stop)
      : timer_(timer), id_(timer.arm(deadline, cancel())), on_stop_(stop, cancel()) {}
  ~Bounded() { timer_.disarm(id_); }
  Bounded(const Bounded&) = delete;
  Bounded& operator=(const Bounded&) = delete;
  pplx::cancellation_token token() { return source_.get_token(); }
  /// Closes the connection: what the server would still send is not wanted.
  void abandon() { cancel_on_pool(source_); }
  void extend(SteadyTime deadline) {
    timer_.disarm(id_);
    id_ = timer_.arm(deadline, cancel());
  }

 private:
  std::function<void()> cancel() {
    return [source = source_] { cancel_on_pool(source); };
  }

  pplx::cancellation_token_source source_;
  DeadlineTimer& timer_;
  std::uint64_t id_;
  std::stop_callback<std::function<void()>> on_stop_;
};

template <class T, class Free>
std::unique_ptr<T, Free> owned(T* p, Free f) {
  return {p, f};
}

std::unique_ptr<BIO, int (*)(BIO*)> memory_of(const std::string& pem) {
  return owned(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
}

void trust(boost::asio::ssl::context& context, const std::string& ca_pem) {
  if (!ca_pem.empty()) {
    // Cpprest has put the system's authorities in: whom the cluster names as its own is the only one to vouch for it.
    SSL_CTX_set_cert_store(context.native_handle(), X509_STORE_new());
    context.add_certificate_authority(boost::asio::buffer(ca_pem));
  }
  context.set_verify_mode(boost::asio::ssl::verify_peer);
}

void identify(boost::asio::ssl::context& context, const Secret& certificate, const Secret& key) {
  if (certificate.empty()) return;
  context.use_certificate_chain(boost::asio::buffer(certificate.reveal()));
  context.use_private_key(boost::asio::buffer(key.reveal()), boost::asio::ssl::context::pem);
}

bool is_pem(const std::string& pem) {
  const auto bio = memory_of(pem);
  const auto certificate = owned(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free);
  ERR_clear_error();
  return certificate != nullptr;
}

std::optional<std::chrono::seconds> retry_after_of(const http::http_response& response) {
  const auto header = response.headers().find("Retry-After");
  if (header == response.headers().end()) return std::nullopt;
  try {
    return std::chrono::seconds(std::clamp(std::stoi(header->second), 0, 300));
  } catch (const std::exception&) {
    return std::nullopt;  // an HTTP date: the caller's own backoff applies
  }
}

/// Of a stream, what waits for its reader: a few dozen objects.
constexpr std::size_t kMostUnread = 128 * 1024;
/// The deadline of a stream is moved in such parts of its idle time: thousands of lines may come in a second.
constexpr int kIdleSteps = 50;
/// Of the body of a refusal, what is read: the message stands at its beginning.
constexpr std::size_t kMostOfRefusal = 64 * 1024;

std::string refusal_in(BoundedBody& source) {
  std::string out;
  while (out.size() < kMostOfRefusal && source.take(out)) {
  }
  return out;
}

/// The reader's end of a body: whoever leaves lets the writer go.
class BodyReader {
 public:
  BodyReader() : body_(std::make_shared<BoundedBody>(kMostUnread)) {}
  ~BodyReader() { body_->abandon(); }
  BodyReader(const BodyReader&) = delete;
  BodyReader& operator=(const BodyReader&) = delete;
  BoundedBody& operator*() { return *body_; }
  concurrency::streams::ostream stream() { return BodyStream(body_).create_ostream(); }

  /// A body that is not cpprest's own is left open by it.
  void close_after(const http::http_response& response) {
    response.content_ready().then([body = body_](const pplx::task<http::http_response>& ready) {
      try {
        ready.get();
        body->end(nullptr);
      } catch (...) {
        body->end(std::current_exception());
      }
    });
  }

 private:
  std::shared_ptr<BoundedBody> body_;
};

/// cpprest reports a cancelled call by several exception types: the tokens tell, not the type.
Error failure(const std::exception& error, const std::stop_token& stop, SteadyTime deadline, const std::string& what) {
  if (stop.stop_requested()) return {ErrorClass::Cancelled, what + ": stopped"};
  if (std::chrono::steady_clock::now() >= deadline) return retry_error(what + ": no answer before the deadline");
  return retry_error(what + ": " + error.what());
}

}  // namespace

struct HttpTransport::Engine {
  Engine(const Endpoint& e, const http::client::http_client_config& config)
      : token(e.token), client(e.server, config) {}

  Result<http::http_request> request(const HttpCall& call) {
    http::http_request out(call.method);
    out.set_request_uri(call.path);
    if (!call.body.empty()) out.set_body(call.body, call.content_type);
    out.headers().add("Accept", call.accept);
    out.headers().add("User-Agent", "visionops");
    const MutexLock lock(token_mutex);
    auto bearer = token.bearer();
    if (!bearer) return bearer.error();
    if (!bearer->empty()) out.headers().add("Authorization", "Bearer " + bearer->reveal());
    return out;
  }

  HttpReply reply_of(const http::http_response& response, std::string body) {
    if (response.status_code() == http::status_codes::Unauthorized) {
      const MutexLock lock(token_mutex);
      token.distrust();
    }
    return {response.status_code(), std::move(body), retry_after_of(response),
            encoding_of(response.headers().content_type())};
  }

  Mutex token_mutex;
  TokenSource token VISIONOPS_GUARDED_BY(token_mutex);
  http::client::http_client client;
  DeadlineTimer timer;
};

HttpTransport::HttpTransport(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
HttpTransport::~HttpTransport() = default;

Result<std::unique_ptr<HttpTransport>> HttpTransport::connect(const Endpoint& endpoint) {
  if (!own_pool()) return internal_error("the thread pool of cpprest is in use by others");
  if (!endpoint.server.starts_with("https://")) return invalid_error("the API server must be reached by https");
  if (!endpoint.ca_pem.empty() && !is_pem(endpoint.ca_pem))
    return invalid_error("the certificate authority is not PEM");
  if (!endpoint.client_certificate_pem.empty() && !is_pem(endpoint.client_certificate_pem.reveal())) {
    return invalid_error("the client certificate is not PEM");
  }
  try {
    http::client::http_client_config config;
    // Above the interval of watch bookmarks (one minute): a quiet watch is alive, a dead peer is not.
    config.set_timeout(std::chrono::seconds(100));
    // Header and body leave in two writes: without this each write would wait for the peer's delayed ACK.
    config.set_nativehandle_options([](http::client::native_handle handle) {
      boost::system::error_code slower;
      static_cast<boost::asio::ip::tcp::socket*>(handle)->set_option(boost::asio::ip::tcp::no_delay(true), slower);
    });
    config.set_ssl_context_callback([endpoint](boost::asio::ssl::context& context) {
      trust(context, endpoint.ca_pem);
      identify(context, endpoint.client_certificate_pem, endpoint.client_key_pem);
    });
    return std::unique_ptr<HttpTransport>(new HttpTransport(std::make_unique<Engine>(endpoint, config)));
  } catch (const std::exception& error) {
    return invalid_error("API server " + endpoint.server + ": " + error.what());
  }
}

std::chrono::milliseconds HttpTransport::longest_overdue() const { return engine_->timer.longest_overdue(); }

Result<HttpReply> HttpTransport::send(const HttpCall& call, std::stop_token stop) {
  const auto deadline = std::chrono::steady_clock::now() + call.deadline;
  const std::string what = call.method + " " + call.path.substr(0, call.path.find('?'));
  try {
    auto request = engine_->request(call);
    if (!request) return request.error().in(what);
    Bounded bounded(engine_->timer, deadline, stop);
    auto response = engine_->client.request(*request, bounded.token()).get();
    return engine_->reply_of(response, response.extract_utf8string(true).get());
  } catch (const std::exception& error) {
    return failure(error, stop, deadline, what);
  }
}

Result<HttpReply> HttpTransport::stream(const HttpCall& call, std::chrono::milliseconds idle, const OnBytes& on_bytes,
                                        std::stop_token stop) {
  const std::string what = "watch " + call.path.substr(0, call.path.find('?'));
  auto deadline = std::chrono::steady_clock::now() + idle;
  bool begun = false;
  try {
    auto request = engine_->request(call);
    if (!request) return request.error().in(what);
    BodyReader body;
    request->set_response_stream(body.stream());
    Bounded bounded(engine_->timer, deadline, stop);
    const auto response = engine_->client.request(*request, bounded.token()).get();
    body.close_after(response);
    if (response.status_code() != http::status_codes::OK) return engine_->reply_of(response, refusal_in(*body));
    begun = true;
    const Encoding encoding = encoding_of(response.headers().content_type());
    std::string unread;
    bool wanted = true;
    while (wanted && !stop.stop_requested()) {
      const auto later = std::chrono::steady_clock::now() + idle;
      if (later - deadline >= idle / kIdleSteps) bounded.extend(deadline = later);
      const bool ended = !(*body).take(unread);
      wanted = on_bytes(unread, encoding, ended);
      if (ended) return HttpReply{200, "", std::nullopt, encoding};
    }
    // Else the rest of the watch would go on filling a buffer that nobody reads.
    bounded.abandon();
    return HttpReply{200, "", std::nullopt, encoding};
  } catch (const std::exception& error) {
    const bool quiet = begun && !stop.stop_requested() && std::chrono::steady_clock::now() >= deadline;
    if (quiet) return HttpReply{200, "", std::nullopt, Encoding::Json};
    return failure(error, stop, deadline, what);
  }
}

}  // namespace visionops::kube
