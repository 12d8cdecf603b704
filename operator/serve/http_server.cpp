#include "operator/serve/http_server.h"

#define _TURN_OFF_PLATFORM_STRING  // its macro U breaks the templates of other libraries
#include <cpprest/http_listener.h>

#include <exception>
#include <thread>
#include <utility>

#include "operator/serve/page_snapshot.h"

namespace visionops::serve {
namespace {

using web::http::http_request;
using web::http::experimental::listener::http_listener;

/// The only allowed continuation: a client that went away is nobody's error, but an unobserved one would
/// end the process (pplxtasks.h, _ExceptionHolder).
void observe(pplx::task<void> replied) {
  replied.then([](const pplx::task<void>& done) {
    try {
      done.wait();
    } catch (const std::exception&) {  // NOLINT: see above
    }
  });
}

void reply(const http_request& request, const PageSnapshot& snapshot) {
  try {
    const Page page = snapshot.page(web::uri::decode(request.relative_uri().path()));
    web::http::http_response response(static_cast<web::http::status_code>(page.status));
    response.set_body(page.body, page.content_type);
    observe(request.reply(response));
  } catch (const std::exception&) {
    observe(request.reply(web::http::status_codes::BadRequest));
  }
}

}  // namespace

struct HttpServer::Parts {
  PageSnapshot snapshot;
  http_listener listener;
  std::jthread refresher;

  Parts(const HttpServerOptions& options, PageSources sources)
      : snapshot(options, std::move(sources)), listener(web::uri(options.address)) {}
};

HttpServer::HttpServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options, PageSources sources) {
  const std::string address = options.address;
  std::unique_ptr<Parts> parts;
  try {
    parts = std::make_unique<Parts>(options, std::move(sources));
  } catch (const std::exception& e) {
    return invalid_error("the HTTP address \"" + address + "\" cannot be used: " + e.what());
  }
  try {
    parts->listener.support(web::http::methods::GET,
                            [p = parts.get()](const http_request& request) { reply(request, p->snapshot); });
    parts->listener.open().wait();
  } catch (const std::exception& e) {
    return retry_error("listening on " + address + ": " + e.what());
  }
  parts->refresher = std::jthread([p = parts.get()](std::stop_token stop) { p->snapshot.keep_fresh(stop); });
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(parts)));
}

HttpServer::~HttpServer() {
  try {
    parts_->listener.close().wait();
  } catch (const std::exception&) {  // NOLINT: nothing is left to do with a listener that cannot be closed
  }
}

}  // namespace visionops::serve
