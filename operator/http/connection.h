// One connection of the listener, over plain TCP or TLS. Lives on the listener's thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>

#include "operator/http/listener.h"

namespace visionops::http {

namespace asio = boost::asio;
namespace beast = boost::beast;

using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

/// What the connections of a listener share; outlives all of them. Of the listener's thread, but the gate.
struct Shared {
  ListenerOptions options;
  Handle handle;
  std::function<void()> ended;              ///< a connection has gone
  std::set<std::shared_ptr<void>> waiting;  ///< connections whose answer is not here yet: nothing else holds them
  std::mutex gate;
  asio::io_context* context = nullptr;  ///< guarded by gate, for any thread; null once the listener closes
};

template <class Stream>
class Connection : public std::enable_shared_from_this<Connection<Stream>> {
 public:
  static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;
  using Message = beast::http::response<beast::http::string_body>;

  Connection(std::shared_ptr<Shared> shared, asio::ip::tcp::socket socket)
    requires(!kTls)
      : shared_(std::move(shared)), stream_(std::move(socket)) {}
  Connection(std::shared_ptr<Shared> shared, asio::ip::tcp::socket socket, std::shared_ptr<asio::ssl::context> tls)
    requires(kTls)
      : shared_(std::move(shared)), tls_(std::move(tls)), stream_(std::move(socket), *tls_) {}
  ~Connection() { shared_->ended(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void begin() {
    if constexpr (kTls) {
      allow_time();
      stream_.async_handshake(asio::ssl::stream_base::server, [self = this->shared_from_this()](const auto& error) {
        if (!error) self->read_head();
      });
    } else {
      read_head();
    }
  }

 private:
  void allow_time() { beast::get_lowest_layer(stream_).expires_after(shared_->options.patience); }

  void read_head() {
    parser_.emplace();
    parser_->header_limit(8 * 1024);
    parser_->body_limit(shared_->options.max_body);
    allow_time();
    beast::http::async_read_header(
        stream_, buffer_, *parser_,
        [self = this->shared_from_this()](const auto& error, std::size_t) { self->on_head(error); });
  }

  void on_head(const beast::error_code& error) {
    if (error) return refuse(error);
    if (beast::iequals(parser_->get()[beast::http::field::expect], "100-continue")) return promise_to_read();
    read_body();
  }

  /// The body limit of the announced length was checked with the head.
  void promise_to_read() {
    auto go_on = std::make_shared<beast::http::response<beast::http::empty_body>>(beast::http::status::continue_, 11);
    beast::http::async_write(stream_, *go_on, [self = this->shared_from_this(), go_on](const auto& error, std::size_t) {
      if (!error) self->read_body();
    });
  }

  void read_body() {
    beast::http::async_read(stream_, buffer_, *parser_,
                            [self = this->shared_from_this()](const auto& error, std::size_t) {
                              if (error) return self->refuse(error);
                              self->ask();
                            });
  }

  /// A client that has gone or is too slow is nobody's concern; one that speaks wrongly is told so.
  void refuse(const beast::error_code& error) {
    using Http = beast::http::error;
    if (error.category() != beast::http::make_error_code(Http::bad_target).category()) return;
    if (error == Http::end_of_stream || error == Http::partial_message) return;
    int status = 400;
    if (error == Http::body_limit) status = 413;
    if (error == Http::header_limit) status = 431;
    if (shared_->options.refused) shared_->options.refused(status);
    keep_alive_ = false;
    owed_ = true;
    write({status, error.message() + "\n"});
  }

  void ask() {
    auto message = parser_->release();
    keep_alive_ = message.keep_alive();
    Request request;
    request.method = std::string(message.method_string());
    request.path = std::string(message.target().substr(0, message.target().find('?')));
    request.authorization = std::string(message[beast::http::field::authorization]);
    request.body = std::move(message.body());
    // The answer may take long and has its own limits; only reading and writing are timed.
    beast::get_lowest_layer(stream_).expires_never();
    shared_->waiting.insert(this->shared_from_this());
    owed_ = true;
    try {
      shared_->handle(std::move(request), responder());
    } catch (const std::exception&) {
      write({500, "the request could not be handled\n"});
    }
  }

  /// Weak: whoever holds it may outlive the listener, the connection may not.
  Respond responder() {
    return [weak = this->weak_from_this(), shared = shared_, request = ++requests_](Response response) {
      const std::lock_guard lock(shared->gate);
      if (shared->context == nullptr) return;
      asio::post(*shared->context, [weak, request, response = std::move(response)]() mutable {
        const auto self = weak.lock();
        if (self && self->requests_ == request) self->write(std::move(response));
      });
    };
  }

  void write(Response response) {
    if (!owed_) return;
    owed_ = false;
    if (response.close) keep_alive_ = false;
    shared_->waiting.erase(this->shared_from_this());
    message_.emplace(static_cast<beast::http::status>(response.status), 11);
    if (!response.body.empty()) message_->set(beast::http::field::content_type, response.content_type);
    if (response.retry_after_s) {
      message_->set(beast::http::field::retry_after, std::to_string(*response.retry_after_s));
    }
    message_->set(beast::http::field::server, "visionops");
    message_->keep_alive(keep_alive_);
    message_->body() = std::move(response.body);
    message_->prepare_payload();
    allow_time();
    beast::http::async_write(stream_, *message_, [self = this->shared_from_this()](const auto& error, std::size_t) {
      if (error) return;
      if (self->keep_alive_) return self->read_head();
      self->end();
    });
  }

  /// What was sent but not read would turn the answer into a reset on its way: a little of it is read.
  void end() {
    beast::error_code ignored;
    beast::get_lowest_layer(stream_).socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    buffer_.clear();
    drain();
  }

  void drain() {
    if (drained_ > 256 * 1024) return;
    beast::get_lowest_layer(stream_).expires_after(std::chrono::seconds(1));
    stream_.async_read_some(buffer_.prepare(16 * 1024),
                            [self = this->shared_from_this()](const auto& error, std::size_t bytes) {
                              self->drained_ += bytes;
                              if (!error) self->drain();
                            });
  }

  std::shared_ptr<Shared> shared_;
  std::shared_ptr<asio::ssl::context> tls_;
  Stream stream_;
  beast::flat_buffer buffer_;
  std::optional<beast::http::request_parser<beast::http::string_body>> parser_;
  std::optional<Message> message_;
  bool keep_alive_ = false;
  std::uint64_t requests_ = 0;  ///< a second answer to one request must not reach the next
  bool owed_ = false;           ///< a request has come that is not answered yet
  std::size_t drained_ = 0;
};

}  // namespace visionops::http
