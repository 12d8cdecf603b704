// One connection of the listener, over plain TCP or TLS. Lives on the listener's thread.
#pragma once

#include <boost/asio/post.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "base/mutex.h"
#include "operator/http/limits.h"
#include "operator/http/listener.h"
#include "operator/http/shared.h"

namespace visionops::http {

namespace asio = boost::asio;
namespace beast = boost::beast;

using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

template <class Stream>
class Connection : public Guest, public std::enable_shared_from_this<Connection<Stream>> {
 public:
  static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;
  using Message = beast::http::response<beast::http::string_body>;

  /// `address`: whose share of the places it takes.
  Connection(std::shared_ptr<Shared> shared, asio::ip::tcp::socket socket, const std::string& address)
    requires(!kTls)
      : shared_(std::move(shared)), stream_(std::move(socket)), seat_(shared_->enter(*this, address)) {}
  Connection(std::shared_ptr<Shared> shared, asio::ip::tcp::socket socket, const std::string& address,
             std::shared_ptr<asio::ssl::context> tls)
    requires(kTls)
      : shared_(std::move(shared)),
        tls_(std::move(tls)),
        stream_(std::move(socket), *tls_),
        seat_(shared_->enter(*this, address)) {}
  ~Connection() override { shared_->leave(seat_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void begin() {
    shared_->make_room();
    if constexpr (kTls) {
      allow_time();
      stream_.async_handshake(asio::ssl::stream_base::server, [self = this->shared_from_this()](const auto& error) {
        if (!error) self->wait_for_request();
      });
    } else {
      wait_for_request();
    }
  }

  void give_way() override { beast::get_lowest_layer(stream_).close(); }

 private:
  void allow_time() { beast::get_lowest_layer(stream_).expires_after(shared_->options.patience); }

  /// Idle until a first byte comes; a client may have sent more requests than one already.
  void wait_for_request() {
    shared_->move(seat_, Stage::Idle);
    allow_time();
    if (buffer_.size() > 0) return read_head();
    buffer_.shrink_to_fit();
    stream_.async_read_some(buffer_.prepare(kFirstRead),
                            [self = this->shared_from_this()](const auto& error, std::size_t bytes) {
                              if (error) return;
                              self->buffer_.commit(bytes);
                              self->read_head();
                            });
  }

  /// From here on the whole request has one deadline: a client that sends a byte now and then does not move it.
  void read_head() {
    shared_->move(seat_, Stage::Head);
    parser_.emplace();
    parser_->header_limit(kMaxHead);
    parser_->body_limit(shared_->options.max_body);
    allow_time();
    beast::http::async_read_header(
        stream_, buffer_, *parser_,
        [self = this->shared_from_this()](const auto& error, std::size_t bytes) { self->on_head(error, bytes); });
  }

  /// The parser's limit is one for the request line and one for the headers.
  void on_head(const beast::error_code& error, std::size_t bytes) {
    if (error) return refuse(error);
    if (bytes > kMaxHead) return refuse(431, "too long a head");
    const auto& fields = parser_->get().base();
    if (std::distance(fields.begin(), fields.end()) > static_cast<std::ptrdiff_t>(kMaxHeaders)) {
      return refuse(431, "too many headers");
    }
    shared_->move(seat_, Stage::Body);
    parser_->eager(true);
    of_body_ = 0;
    if (beast::iequals(fields[beast::http::field::expect], "100-continue")) return promise_to_read();
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
    if (parser_->is_done()) return ask();
    beast::http::async_read_some(
        stream_, buffer_, *parser_,
        [self = this->shared_from_this()](const auto& error, std::size_t bytes) { self->on_body(error, bytes); });
  }

  /// The parser bounds the content; what stands around it is counted here.
  void on_body(const beast::error_code& error, std::size_t bytes) {
    if (error) return refuse(error);
    of_body_ += bytes;
    if (of_body_ > parser_->get().body().size() + kMaxFraming) return refuse(413, "too much around the content");
    read_body();
  }

  /// A client that has gone or is too slow is nobody's concern; one that speaks wrongly is told so.
  void refuse(const beast::error_code& error) {
    using Http = beast::http::error;
    if (error.category() != beast::http::make_error_code(Http::bad_target).category()) return;
    if (error == Http::end_of_stream || error == Http::partial_message) return;
    int status = 400;
    if (error == Http::body_limit || error == Http::buffer_overflow) status = 413;
    if (error == Http::header_limit) status = 431;
    refuse(status, error.message());
  }

  void refuse(int status, const std::string& why) {
    if (shared_->options.refused) shared_->options.refused(status);
    keep_alive_ = false;
    owed_ = true;
    write({status, why + "\n"});
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
    shared_->move(seat_, Stage::Answer);
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
      const MutexLock lock(shared->gate);
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
    const auto self = this->shared_from_this();
    shared_->waiting.erase(self);
    if (response.status < 400) shared_->seats.served(seat_);
    shared_->move(seat_, Stage::Write);
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
    beast::http::async_write(stream_, *message_, [self](const auto& error, std::size_t) {
      if (error) return;
      self->parser_.reset();
      self->message_.reset();
      if (self->keep_alive_) return self->wait_for_request();
      self->end();
    });
  }

  /// What was sent but not read would turn the answer into a reset on its way: a little of it is read.
  void end() {
    shared_->move(seat_, Stage::Farewell);
    beast::error_code ignored;
    beast::get_lowest_layer(stream_).socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    beast::get_lowest_layer(stream_).expires_after(kFarewell);
    buffer_.clear();
    drain();
  }

  void drain() {
    if (drained_ > kMaxDrained) return;
    stream_.async_read_some(buffer_.prepare(16 * 1024),
                            [self = this->shared_from_this()](const auto& error, std::size_t bytes) {
                              self->drained_ += bytes;
                              if (!error) self->drain();
                            });
  }

  static constexpr std::size_t kFirstRead = 1024;
  static constexpr std::size_t kMaxDrained = 256 * 1024;
  static constexpr Duration kFarewell{1000};

  std::shared_ptr<Shared> shared_;
  std::shared_ptr<asio::ssl::context> tls_;
  Stream stream_;
  const Seats::Id seat_;
  beast::flat_buffer buffer_{kMaxBuffered};
  std::optional<beast::http::request_parser<beast::http::string_body>> parser_;
  std::optional<Message> message_;
  bool keep_alive_ = false;
  std::uint64_t requests_ = 0;  ///< a second answer to one request must not reach the next
  bool owed_ = false;           ///< a request has come that is not answered yet
  std::size_t of_body_ = 0;     ///< bytes of the request after its head
  std::size_t drained_ = 0;
};

}  // namespace visionops::http
