#include "operator/telemetry/ingest.h"

// cpprest's macro U would break fmt.
#define _TURN_OFF_PLATFORM_STRING
#include <arpa/inet.h>
#include <cpprest/http_listener.h>
#include <netinet/in.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "operator/telemetry/message_check.h"

namespace visionops::telemetry {
namespace {

namespace http = web::http;
using Listener = http::experimental::listener::http_listener;

constexpr int kPortAttempts = 20;

/// cpprest cannot bind port 0 and tell which one it got, so the kernel is asked beforehand.
int free_port(const std::string& host) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return 0;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  const bool bound = ::inet_pton(AF_INET, host.c_str(), &address.sin_addr) == 1 && ::bind(fd, generic, size) == 0 &&
                     ::getsockname(fd, generic, &size) == 0;
  ::close(fd);
  return bound ? ntohs(address.sin_port) : 0;
}

struct Waiting {
  http::http_request request;
  std::string token;
  std::string body;
};

struct Verdict {
  int status = 204;
  std::string_view result = "accepted";
  std::string reason;
};

/// An unobserved failure would end the process: a sender that has gone is nobody's concern.
void ignore_failure(const pplx::task<void>& done) {
  try {
    done.get();
  } catch (const std::exception&) {
  }
}

void answer(const http::http_request& request, const Verdict& verdict) {
  http::http_response response(static_cast<http::status_code>(verdict.status));
  if (!verdict.reason.empty()) response.set_body(verdict.reason + "\n", "text/plain; charset=utf-8");
  if (verdict.status == 429) response.headers().add("Retry-After", 1);
  request.reply(response).then(ignore_failure);
}

/// cpprest collects a whole body before it answers, however long it is. Failing the buffer it collects
/// into ends the request at once. The failure must be an exception: a buffer that is only closed takes
/// nothing and is offered the same bytes for ever.
void refuse_body(const http::http_request& request) {
  const auto reason = std::make_exception_ptr(std::runtime_error("body refused"));
  request._get_impl()->outstream().close(reason).then(ignore_failure);
}

}  // namespace

class Ingest::Parts : public std::enable_shared_from_this<Parts> {
 public:
  Parts(IngestOptions options, Authenticate authenticate, Sink sink)
      : options_(std::move(options)),
        authenticate_(std::move(authenticate)),
        sink_(std::move(sink)),
        rate_(options_.rate) {}

  Status open();
  void close();
  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  void receive(http::http_request request);
  void enqueue(Waiting waiting);
  Verdict judge(const Waiting& waiting);
  Verdict judge_safely(const Waiting& waiting);
  void work(const std::stop_token& stop);
  void finish(const http::http_request& request, const Verdict& verdict) const;

  const IngestOptions options_;
  const Authenticate authenticate_;
  const Sink sink_;
  RateLimit rate_;  // of the thread alone
  std::string url_;
  std::unique_ptr<Listener> listener_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Waiting> queue_;  // guarded by mutex_
  bool closed_ = false;        // guarded by mutex_
  std::jthread thread_;
};

Status Ingest::Parts::open() {
  std::string failure = "no free port";
  for (int attempt = 0; attempt < kPortAttempts; ++attempt) {
    const int port = options_.port != 0 ? options_.port : free_port(options_.host);
    url_ = "http://" + options_.host + ":" + std::to_string(port) + "/telemetry";
    try {
      listener_ = std::make_unique<Listener>(url_);
      // Weak: the listener belongs to this object.
      listener_->support(http::methods::POST, [weak = weak_from_this()](http::http_request request) {
        if (const auto self = weak.lock()) self->receive(std::move(request));
      });
      listener_->open().wait();
      thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
      return {};
    } catch (const std::exception& error) {
      failure = error.what();
      if (options_.port != 0) break;
    }
  }
  listener_.reset();
  return retry_error("telemetry endpoint " + options_.host + ": " + failure);
}

void Ingest::Parts::close() {
  if (listener_) {
    try {
      listener_->close().wait();
    } catch (const std::exception& error) {
      options_.log->debug("telemetry endpoint: {}", error.what());
    }
  }
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const auto& waiting : queue_) finish(waiting.request, {503, "limited", "the endpoint is closing"});
  queue_.clear();
}

/// On a thread of cpprest: takes the body without waiting for it.
void Ingest::Parts::receive(http::http_request request) {
  const auto& headers = request.headers();
  if (!headers.has("Content-Length")) {
    refuse_body(request);
    return finish(request, {411, "malformed", "Content-Length is required"});
  }
  if (headers.content_length() > contract::kMaxTelemetryMessage) {
    refuse_body(request);
    return finish(request, {413, "too_large", "the message is larger than 64 KiB"});
  }
  const auto header = headers.find("Authorization");
  std::string token = header == headers.end() ? "" : bearer_token(header->second);
  if (token.empty()) return finish(request, {401, "unauthenticated", "a bearer token is required"});
  request.extract_utf8string(true).then(
      [self = shared_from_this(), request, token = std::move(token)](const pplx::task<std::string>& body) {
        try {
          self->enqueue({request, token, body.get()});
        } catch (const std::exception&) {
          self->finish(request, {400, "malformed", "the body could not be read"});
        }
      });
}

void Ingest::Parts::enqueue(Waiting waiting) {
  {
    const std::lock_guard lock(mutex_);
    if (!closed_ && queue_.size() < options_.waiting) {
      queue_.push_back(std::move(waiting));
      changed_.notify_one();
      return;
    }
  }
  finish(waiting.request, {429, "limited", "too many messages are waiting"});
}

void Ingest::Parts::work(const std::stop_token& stop) {
  while (true) {
    Waiting waiting;
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [this] { return !queue_.empty(); })) return;
      waiting = std::move(queue_.front());
      queue_.pop_front();
    }
    finish(waiting.request, judge_safely(waiting));
    if (stop.stop_requested()) return;
  }
}

Verdict Ingest::Parts::judge_safely(const Waiting& waiting) {
  try {
    return judge(waiting);
  } catch (const std::exception& error) {
    options_.log->error("telemetry: {}", error.what());
    return {503, "limited", "the endpoint failed"};
  }
}

Verdict Ingest::Parts::judge(const Waiting& waiting) {
  const auto sender = authenticate_(waiting.token);
  if (!sender) return {401, "unauthenticated", "the token is not of a running Pod"};
  if (!rate_.admit(sender->uid, std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()))) {
    return {429, "limited", "too many messages of this Pod"};
  }
  auto checked = check_message(waiting.body, *sender);
  if (const auto* refusal = std::get_if<Refusal>(&checked)) {
    return {refusal->status, refusal->status == 403 ? "forbidden" : "malformed", refusal->reason};
  }
  sink_(std::move(std::get<contract::TelemetryMessage>(checked)));
  return {};
}

void Ingest::Parts::finish(const http::http_request& request, const Verdict& verdict) const {
  if (options_.count) options_.count(verdict.result);
  answer(request, verdict);
}

Ingest::Ingest(std::shared_ptr<Parts> parts) : parts_(std::move(parts)) {}
Ingest::~Ingest() { parts_->close(); }

Result<std::unique_ptr<Ingest>> Ingest::start(IngestOptions options, Authenticate authenticate, Sink sink) {
  auto parts = std::make_shared<Parts>(std::move(options), std::move(authenticate), std::move(sink));
  if (auto opened = parts->open(); !opened) return opened.error();
  return std::unique_ptr<Ingest>(new Ingest(std::move(parts)));
}

std::string Ingest::url() const { return parts_->url(); }

}  // namespace visionops::telemetry
