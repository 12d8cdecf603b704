#include "operator/kube/http_transport.h"

#include <cpprest/http_client.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace visionops::kube {

namespace {

namespace http = web::http;
using SteadyTime = std::chrono::steady_clock::time_point;

/// cpprest's timeout is re-armed by every chunk; this ends an exchange as a whole.
class DeadlineTimer {
 public:
  DeadlineTimer() : thread_([this](std::stop_token stop) { run(stop); }) {}

  std::uint64_t arm(SteadyTime when, pplx::cancellation_token_source source) {
    const std::lock_guard lock(mutex_);
    const auto id = ++next_;
    armed_.emplace(id, std::pair(when, std::move(source)));
    changed_.notify_one();
    return id;
  }

  void disarm(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    armed_.erase(id);
  }

 private:
  void run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      auto next = SteadyTime::max();
      std::vector<pplx::cancellation_token_source> due;
      for (auto it = armed_.begin(); it != armed_.end();) {
        if (it->second.first <= std::chrono::steady_clock::now()) {
          due.push_back(it->second.second);
          it = armed_.erase(it);
        } else {
          next = std::min(next, it->second.first);
          ++it;
        }
      }
      if (!due.empty()) {
        // cancel() runs callbacks of cpprest, which may want to arm again
        lock.unlock();
        for (auto& source : due) source.cancel();
        lock.lock();
        continue;
      }
      const auto wake = [&] { return stop.stop_requested(); };
      if (next == SteadyTime::max())
        changed_.wait(lock, stop, wake);
      else
        changed_.wait_until(lock, stop, next, wake);
    }
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::uint64_t, std::pair<SteadyTime, pplx::cancellation_token_source>> armed_;
  std::uint64_t next_ = 0;
  std::jthread thread_;  // last: its body uses the members above
};

/// Ends one exchange at its deadline or when the caller stops.
class Bounded {
 public:
  Bounded(DeadlineTimer& timer, SteadyTime deadline, const std::stop_token& stop)
      : timer_(timer),
        id_(timer.arm(deadline, source_)),
        on_stop_(stop, [source = source_]() mutable { source.cancel(); }) {}
  ~Bounded() { timer_.disarm(id_); }
  Bounded(const Bounded&) = delete;
  Bounded& operator=(const Bounded&) = delete;
  pplx::cancellation_token token() { return source_.get_token(); }
  /// Closes the connection: what the server would still send is not wanted.
  void abandon() { source_.cancel(); }
  void extend(SteadyTime deadline) {
    timer_.disarm(id_);
    id_ = timer_.arm(deadline, source_);
  }

 private:
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
  if (ca_pem.empty())
    context.set_default_verify_paths();
  else
    context.add_certificate_authority(boost::asio::buffer(ca_pem));
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
    out.headers().add("Accept", "application/json");
    out.headers().add("User-Agent", "visionops");
    const std::lock_guard lock(token_mutex);
    auto bearer = token.bearer();
    if (!bearer) return bearer.error();
    if (!bearer->empty()) out.headers().add("Authorization", "Bearer " + bearer->reveal());
    return out;
  }

  std::mutex token_mutex;
  TokenSource token;
  http::client::http_client client;
  DeadlineTimer timer;
};

HttpTransport::HttpTransport(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
HttpTransport::~HttpTransport() = default;

Result<std::unique_ptr<HttpTransport>> HttpTransport::connect(const Endpoint& endpoint) {
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

Result<HttpReply> HttpTransport::send(const HttpCall& call, std::stop_token stop) {
  const auto deadline = std::chrono::steady_clock::now() + call.deadline;
  const std::string what = call.method + " " + call.path.substr(0, call.path.find('?'));
  try {
    auto request = engine_->request(call);
    if (!request) return request.error().in(what);
    Bounded bounded(engine_->timer, deadline, stop);
    auto response = engine_->client.request(*request, bounded.token()).get();
    HttpReply reply{response.status_code(), response.extract_utf8string(true).get(), retry_after_of(response)};
    return reply;
  } catch (const std::exception& error) {
    return failure(error, stop, deadline, what);
  }
}

Result<HttpReply> HttpTransport::stream(const HttpCall& call, std::chrono::milliseconds idle,
                                        const std::function<bool(const std::string&)>& on_line, std::stop_token stop) {
  const std::string what = "watch " + call.path.substr(0, call.path.find('?'));
  auto deadline = std::chrono::steady_clock::now() + idle;
  try {
    auto request = engine_->request(call);
    if (!request) return request.error().in(what);
    Bounded bounded(engine_->timer, deadline, stop);
    auto response = engine_->client.request(*request, bounded.token()).get();
    if (response.status_code() != http::status_codes::OK) {
      return HttpReply{response.status_code(), response.extract_utf8string(true).get(), retry_after_of(response)};
    }
    auto body = response.body();
    while (!stop.stop_requested()) {
      deadline = std::chrono::steady_clock::now() + idle;
      bounded.extend(deadline);
      concurrency::streams::container_buffer<std::string> line;
      const auto read = body.read_line(line).get();
      if (read == 0 && body.is_eof()) return HttpReply{200, "", std::nullopt};
      if (!line.collection().empty() && !on_line(line.collection())) break;
    }
    // Else the rest of the watch would go on filling a buffer that nobody reads.
    bounded.abandon();
    return HttpReply{200, "", std::nullopt};
  } catch (const std::exception& error) {
    return failure(error, stop, deadline, what);
  }
}

}  // namespace visionops::kube
