#include "operator/http/listener.h"

#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <thread>

#include "operator/http/connection.h"
#include "operator/http/tls_context.h"

namespace visionops::http {

using asio::ip::tcp;

namespace {

/// Each listener of a process, and all else that it does, shall have descriptors left.
std::size_t affordable(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return wanted;
  return std::min(wanted, std::max<std::size_t>(limit.rlim_cur / 4, kMinConnections));
}

/// In proportion to the total, so that a small listener keeps room for newcomers, too.
SeatLimits seat_limits(std::size_t total) {
  const auto part = [total](std::size_t of_all) { return std::max<std::size_t>(1, of_all * total / kMaxConnections); };
  return {total, part(kMaxOfOneAddress), part(kMaxIdle), part(kMaxHeads), part(kMaxBodies), part(kMaxAnswers)};
}

/// Whose share a connection takes. One node or tenant has a whole /64 of IPv6.
std::string origin(const tcp::endpoint& remote) {
  if (remote.address().is_v4()) return remote.address().to_string();
  const auto bytes = remote.address().to_v6();
  if (bytes.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, bytes).to_string();
  return asio::ip::make_network_v6(bytes, 64).canonical().to_string();
}

bool out_of_descriptors(const beast::error_code& error) {
  namespace errc = boost::system::errc;
  return error == errc::too_many_files_open || error == errc::too_many_files_open_in_system ||
         error == errc::no_buffer_space || error == errc::not_enough_memory;
}

}  // namespace

class Listener::Parts {
 public:
  Parts(ListenerOptions options, Handle handle)
      : shared_(std::make_shared<Shared>(options, std::move(handle), seat_limits(affordable(options.max_connections)))),
        acceptor_(context_),
        rest_(context_) {
    const MutexLock lock(shared_->gate);
    shared_->context = &context_;
  }
  ~Parts();
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  Status open();
  [[nodiscard]] std::string url() const;
  [[nodiscard]] Load load() const { return {shared_->connections, shared_->gave_way}; }

 private:
  void accept();
  void begin(tcp::socket socket);
  void rest();

  const std::shared_ptr<Shared> shared_;
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer rest_;
  std::optional<TlsContext> tls_;
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

/// Always: a connection in the kernel's queue would look open to its client and be answered by nobody.
void Listener::Parts::accept() {
  acceptor_.async_accept([this](const beast::error_code& error, tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (out_of_descriptors(error)) return rest();
    if (!error) begin(std::move(socket));
    accept();
  });
}

void Listener::Parts::begin(tcp::socket socket) {
  beast::error_code error;
  const auto remote = socket.remote_endpoint(error);
  if (error) return;  // it has gone already
  if (tls_) {
    std::make_shared<Connection<TlsStream>>(shared_, std::move(socket), origin(remote), tls_->current())->begin();
  } else {
    std::make_shared<Connection<PlainStream>>(shared_, std::move(socket), origin(remote))->begin();
  }
}

/// The next one finds the descriptor of one that gave way; trying again at once would only burn the processor.
void Listener::Parts::rest() {
  shared_->free_a_descriptor();
  rest_.expires_after(kRestWithoutDescriptors);
  rest_.async_wait([this](const beast::error_code& error) {
    if (!error) accept();
  });
}

/// What still waits inside of the context is destroyed with it, on this thread.
Listener::Parts::~Parts() {
  {
    const MutexLock lock(shared_->gate);
    shared_->context = nullptr;
  }
  context_.stop();
  if (thread_.joinable()) thread_.join();
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
Load Listener::load() const { return parts_->load(); }

}  // namespace visionops::http
