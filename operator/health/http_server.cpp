#include "operator/health/http_server.h"

#include <thread>
#include <utility>

#include "operator/health/page_snapshot.h"
#include "operator/http/listener.h"

namespace visionops::serve {

struct HttpServer::Parts {
  PageSnapshot snapshot;
  std::unique_ptr<http::Listener> listener;
  std::jthread refresher;

  Parts(const HttpServerOptions& options, PageSources sources) : snapshot(options, std::move(sources)) {}

  [[nodiscard]] http::Response answer(const http::Request& request) const {
    if (request.method != "GET") return {405, "only GET is served here\n"};
    Page page = snapshot.page(request.path);
    return {page.status, std::move(page.body), std::move(page.content_type)};
  }
};

HttpServer::HttpServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options, PageSources sources) {
  auto parts = std::make_unique<Parts>(options, std::move(sources));
  http::ListenerOptions listening;
  listening.host = options.host;
  listening.port = options.port;
  listening.max_body = 0;
  auto listener = http::Listener::start(
      std::move(listening),
      [p = parts.get()](const http::Request& request, const http::Respond& respond) { respond(p->answer(request)); });
  if (!listener) return listener.error();
  parts->listener = std::move(*listener);
  parts->refresher = std::jthread([p = parts.get()](std::stop_token stop) { p->snapshot.keep_fresh(stop); });
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(parts)));
}

std::string HttpServer::url() const { return parts_->listener->url(); }

}  // namespace visionops::serve
