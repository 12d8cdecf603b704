#include "operator/http/listener.h"

#include <boost/asio/ip/tcp.hpp>
#include <thread>

#include "operator/http/connection.h"
#include "operator/http/tls_context.h"

namespace visionops::http {

using asio::ip::tcp;

class Listener::Parts {
 public:
  Parts(ListenerOptions options, Handle handle) : shared_(std::make_shared<Shared>()), acceptor_(context_) {
    shared_->options = std::move(options);
    shared_->handle = std::move(handle);
    shared_->context = &context_;
    shared_->ended = [this] {
      --connections_;
      accept();
    };
  }
  ~Parts();
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  Status open();
  [[nodiscard]] std::string url() const;

 private:
  void accept();
  void begin(tcp::socket socket);

  const std::shared_ptr<Shared> shared_;
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  std::optional<TlsContext> tls_;
  std::size_t connections_ = 0;  // of the thread
  bool accepting_ = false;       // of the thread
  std::jthread thread_;
};

Status Listener::Parts::open() {
  const auto& options = shared_->options;
  const std::string where = "listening on " + options.host + ":" + std::to_string(options.port);
  if (options.tls) {
    auto loaded = TlsContext::load(*options.tls);
    if (!loaded) return loaded.error().in(where);
    tls_ = std::move(*loaded);
  }
  beast::error_code error;
  const auto address = asio::ip::make_address(options.host, error);
  if (error) return invalid_error("\"" + options.host + "\" is not an IP address to listen on");
  const tcp::endpoint endpoint(address, options.port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return retry_error(where + ": " + error.message());
  accept();
  thread_ = std::jthread([this] { context_.run(); });
  return {};
}

void Listener::Parts::accept() {
  if (accepting_ || connections_ >= shared_->options.max_connections) return;
  accepting_ = true;
  acceptor_.async_accept([this](const beast::error_code& error, tcp::socket socket) {
    accepting_ = false;
    if (error == asio::error::operation_aborted) return;
    if (!error) begin(std::move(socket));
    accept();
  });
}

void Listener::Parts::begin(tcp::socket socket) {
  ++connections_;
  if (tls_) {
    std::make_shared<Connection<TlsStream>>(shared_, std::move(socket), tls_->current())->begin();
  } else {
    std::make_shared<Connection<PlainStream>>(shared_, std::move(socket))->begin();
  }
}

/// What still waits inside of the context is destroyed with it, on this thread.
Listener::Parts::~Parts() {
  {
    const std::lock_guard lock(shared_->gate);
    shared_->context = nullptr;
  }
  context_.stop();
  if (thread_.joinable()) thread_.join();
  shared_->ended = [] {};
  shared_->waiting.clear();
}

std::string Listener::Parts::url() const {
  const auto endpoint = acceptor_.local_endpoint();
  const std::string host = endpoint.address().is_v6() ? "[" + shared_->options.host + "]" : shared_->options.host;
  return (tls_ ? "https://" : "http://") + host + ":" + std::to_string(endpoint.port());
}

Listener::Listener(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Listener::~Listener() = default;

Result<std::unique_ptr<Listener>> Listener::start(ListenerOptions options, Handle handle) {
  auto parts = std::make_unique<Parts>(std::move(options), std::move(handle));
  if (auto opened = parts->open(); !opened) return opened.error();
  return std::unique_ptr<Listener>(new Listener(std::move(parts)));
}

std::string Listener::url() const { return parts_->url(); }

}  // namespace visionops::http
