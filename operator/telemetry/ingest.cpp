#include "operator/telemetry/ingest.h"

#include <spdlog/spdlog.h>

#include <condition_variable>
#include <deque>
#include <thread>
#include <utility>

#include "base/mutex.h"
#include "operator/telemetry/message_check.h"

namespace visionops::telemetry {
namespace {

constexpr const char* kPath = "/telemetry";

struct Waiting {
  http::Respond respond;
  std::string token;
  std::string body;
};

struct Verdict {
  int status = 204;
  std::string_view result = "accepted";
  std::string reason;
};

Verdict verdict_on(Taken taken) {
  if (taken == Taken::UnknownOwner) return {403, "forbidden", "owner.uid: no resource of this operator has it"};
  if (taken == Taken::Full) return {429, "limited", "the operator keeps the telemetry of no more runs or Pods"};
  return {};
}

}  // namespace

class Ingest::Parts {
 public:
  Parts(IngestOptions options, Authenticate authenticate, Sink sink)
      : options_(std::move(options)),
        authenticate_(std::move(authenticate)),
        sink_(std::move(sink)),
        rate_(options_.rate) {}

  Status open();
  void close();
  [[nodiscard]] std::string url() const { return listener_->url() + kPath; }

 private:
  void receive(http::Request request, http::Respond respond);
  Verdict judge(const Waiting& waiting);
  Verdict judge_safely(const Waiting& waiting);
  void work(const std::stop_token& stop);
  void finish(const http::Respond& respond, const Verdict& verdict) const;
  void count(std::string_view result) const {
    if (options_.count) options_.count(result);
  }

  const IngestOptions options_;
  const Authenticate authenticate_;
  const Sink sink_;
  RateLimit rate_;  // of the thread alone
  Mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Waiting> queue_ VISIONOPS_GUARDED_BY(mutex_);
  std::jthread thread_;
  std::unique_ptr<http::Listener> listener_;
};

Status Ingest::Parts::open() {
  http::ListenerOptions listening;
  listening.host = options_.host;
  listening.port = options_.port;
  listening.tls = options_.tls;
  listening.max_body = contract::kMaxTelemetryMessage;
  listening.refused = [this](int status) { count(status == 413 ? "too_large" : "malformed"); };
  auto listener = http::Listener::start(std::move(listening), [this](http::Request request, http::Respond respond) {
    receive(std::move(request), std::move(respond));
  });
  if (!listener) return listener.error().in("telemetry");
  listener_ = std::move(*listener);
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
  return {};
}

/// Sidecars keep what was not answered and send it again.
void Ingest::Parts::close() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  {
    const MutexLock lock(mutex_);
    for (const auto& waiting : queue_) finish(waiting.respond, {503, "limited", "the endpoint is closing"});
    queue_.clear();
  }
  listener_.reset();
}

/// On the listener's thread: takes the message without waiting.
void Ingest::Parts::receive(http::Request request, http::Respond respond) {
  if (request.path != kPath || request.method != "POST") {
    return finish(respond, {404, "malformed", std::string("only POST ") + kPath + " is served here"});
  }
  std::string token = bearer_token(request.authorization);
  if (token.empty()) return finish(respond, {401, "unauthenticated", "a bearer token is required"});
  {
    const MutexLock lock(mutex_);
    if (queue_.size() < options_.waiting) {
      queue_.push_back({std::move(respond), std::move(token), std::move(request.body)});
      changed_.notify_one();
      return;
    }
  }
  finish(respond, {429, "limited", "too many messages are waiting"});
}

void Ingest::Parts::work(const std::stop_token& stop) {
  while (true) {
    Waiting waiting;
    {
      MutexLock lock(mutex_);
      if (!changed_.wait(lock, stop, [this]() VISIONOPS_REQUIRES(mutex_) { return !queue_.empty(); })) return;
      waiting = std::move(queue_.front());
      queue_.pop_front();
    }
    finish(waiting.respond, judge_safely(waiting));
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
  if (options_.leading && !options_.leading()) return {503, "standby", "this replica stands by"};
  const auto sender = authenticate_(waiting.token);
  if (!sender) return {401, "unauthenticated", "the token is not of a running Pod"};
  if (!rate_.admit(sender->uid, std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()))) {
    return {429, "limited", "too many messages of this Pod"};
  }
  auto checked = check_message(waiting.body, *sender);
  if (const auto* refusal = std::get_if<Refusal>(&checked)) {
    return {refusal->status, refusal->status == 403 ? "forbidden" : "malformed", refusal->reason};
  }
  return verdict_on(sink_(std::move(std::get<contract::TelemetryMessage>(checked))));
}

void Ingest::Parts::finish(const http::Respond& respond, const Verdict& verdict) const {
  count(verdict.result);
  http::Response response{.status = verdict.status};
  if (!verdict.reason.empty()) response.body = verdict.reason + "\n";
  if (verdict.status == 429) response.retry_after_s = 1;
  response.close = verdict.status == 503;
  respond(std::move(response));
}

Ingest::Ingest(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Ingest::~Ingest() { parts_->close(); }

Result<std::unique_ptr<Ingest>> Ingest::start(IngestOptions options, Authenticate authenticate, Sink sink) {
  auto parts = std::make_unique<Parts>(std::move(options), std::move(authenticate), std::move(sink));
  if (auto opened = parts->open(); !opened) return opened.error();
  return std::unique_ptr<Ingest>(new Ingest(std::move(parts)));
}

std::string Ingest::url() const { return parts_->url(); }

}  // namespace visionops::telemetry
