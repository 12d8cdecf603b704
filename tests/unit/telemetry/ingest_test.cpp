#include "operator/telemetry/ingest.h"

#include <curl/curl.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include "tests/unit/http/raw_client.h"

namespace visionops::telemetry {
namespace {

struct Reply {
  long status = 0;
  std::string retry_after;
  CURLcode transport = CURLE_OK;
};

std::size_t swallow(char*, std::size_t size, std::size_t count, void*) { return size * count; }

std::size_t read_header(char* bytes, std::size_t size, std::size_t count, void* reply) {
  const std::string line(bytes, size * count);
  constexpr std::string_view kName = "Retry-After:";
  if (line.starts_with(kName)) static_cast<Reply*>(reply)->retry_after = line.substr(kName.size());
  return size * count;
}

Reply post(const std::string& url, const std::string& body, const std::string& token, bool chunked = false) {
  Reply reply;
  CURL* curl = curl_easy_init();
  curl_slist* headers = curl_slist_append(nullptr, "Expect:");
  if (!token.empty()) headers = curl_slist_append(headers, ("Authorization: Bearer " + token).c_str());
  if (chunked) headers = curl_slist_append(headers, "Transfer-Encoding: chunked");
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, swallow);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, read_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reply);
  reply.transport = curl_easy_perform(curl);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply.status);
  curl_slist_free_all(headers);
  curl_easy_cleanup(curl);
  return reply;
}

class IngestTest : public ::testing::Test {
 protected:
  void start(IngestOptions options = {}) {
    options.log = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::null_sink_mt>());
    options.count = [this](std::string_view result) {
      const std::lock_guard lock(mutex_);
      ++counts_[std::string(result)];
    };
    auto ingest = Ingest::start(
        std::move(options),
        [](const std::string& token) -> std::optional<PodIdentity> {
          if (token == "explode") throw std::runtime_error("no answer");
          if (token != "good") return std::nullopt;
          return PodIdentity{"default", "pod-0", "pod-uid", {"TrainingJob", "default", "detector", "job-uid", 1, 1}};
        },
        [this](contract::TelemetryMessage message) {
          const std::lock_guard lock(mutex_);
          if (answer_ == Taken::Yes) taken_.push_back(std::move(message));
          return answer_;
        });
    ASSERT_TRUE(ingest.ok()) << ingest.error().message;
    ingest_ = std::move(*ingest);
  }
  static std::string body(std::int64_t sequence = 1) {
    contract::TelemetryMessage m;
    m.owner = {"TrainingJob", "default", "detector", "job-uid", 1, 1};
    m.pod = "pod-0";
    m.sequence = sequence;
    return contract::encode(m);
  }

  /// The listener's threads count; a refused sender may know before they have.
  bool comes_to_count(const std::string& result, int wanted) {
    return eventually([&] { return counted(result) == wanted; });
  }
  template <class Condition>
  static bool eventually(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition() && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return condition();
  }
  int counted(const std::string& result) {
    const std::lock_guard lock(mutex_);
    return counts_[result];
  }
  std::vector<contract::TelemetryMessage> taken() {
    const std::lock_guard lock(mutex_);
    return taken_;
  }

  std::mutex mutex_;
  std::map<std::string, int> counts_;
  std::vector<contract::TelemetryMessage> taken_;
  Taken answer_ = Taken::Yes;  ///< of the sink
  std::unique_ptr<Ingest> ingest_;
};

TEST_F(IngestTest, TakesAMessageAndAnswersNoContent) {
  start();
  EXPECT_EQ(post(ingest_->url(), body(7), "good").status, 204);
  ASSERT_EQ(taken().size(), 1U);
  EXPECT_EQ(taken()[0].sequence, 7);
  EXPECT_TRUE(comes_to_count("accepted", 1));
}

TEST_F(IngestTest, RefusesWhatItMustNotTake) {
  start();
  EXPECT_EQ(post(ingest_->url(), body(), "").status, 401);
  EXPECT_EQ(post(ingest_->url(), body(), "stolen").status, 401);
  EXPECT_EQ(post(ingest_->url(), "not json", "good").status, 400);
  EXPECT_EQ(post(ingest_->url(), "", "good").status, 400);
  auto other = body();
  other.replace(other.find("pod-0"), 5, "pod-1");
  EXPECT_EQ(post(ingest_->url(), other, "good").status, 403);
  EXPECT_EQ(post(ingest_->url(), body(), "explode").status, 503);
  EXPECT_TRUE(taken().empty());
  EXPECT_EQ(post(ingest_->url(), body(), "good").status, 204) << "and goes on afterwards";
}

TEST_F(IngestTest, TellsASenderWhoseOwnerIsGoneAndOneThatFindsItFull) {
  start();
  answer_ = Taken::UnknownOwner;
  EXPECT_EQ(post(ingest_->url(), body(1), "good").status, 403);
  answer_ = Taken::Full;
  EXPECT_EQ(post(ingest_->url(), body(2), "good").status, 429);
  EXPECT_TRUE(comes_to_count("forbidden", 1));
  EXPECT_TRUE(comes_to_count("limited", 1));
}

TEST_F(IngestTest, LimitsTheRateOfAPodAndSaysWhenToComeBack) {
  IngestOptions options;
  options.rate = {0.001, 3, 100};
  start(std::move(options));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(post(ingest_->url(), body(i), "good").status, 204);
  const auto limited = post(ingest_->url(), body(3), "good");
  EXPECT_EQ(limited.status, 429);
  EXPECT_FALSE(limited.retry_after.empty());
}

std::int64_t peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss * 1024;
}

TEST_F(IngestTest, NeverHoldsALargeBodyInMemory) {
  start();
  const std::string large(128 * 1024 * 1024, 'x');
  const auto before = peak_memory();
  const auto announced = post(ingest_->url(), large, "good");
  EXPECT_NE(announced.status, 204);
  const auto chunked = post(ingest_->url(), large, "good", true);
  EXPECT_NE(chunked.status, 204);
  EXPECT_LT(peak_memory() - before, 32 * 1024 * 1024);
  EXPECT_TRUE(comes_to_count("too_large", 2));
  EXPECT_EQ(post(ingest_->url(), body(), "good").status, 204);
}

TEST_F(IngestTest, AChunkExtensionWithoutEndIsRefusedWithAndWithoutAToken) {
  start();
  const std::string base = ingest_->url().substr(0, ingest_->url().rfind('/'));
  for (const char* token : {"", "Authorization: Bearer good\r\n"}) {
    const http::RawClient client(base);
    client.send("POST /telemetry HTTP/1.1\r\nHost: x\r\n" + std::string(token) +
                "Transfer-Encoding: chunked\r\n\r\n1;");
    client.send(std::string(96 * 1024, 'x'));
    EXPECT_EQ(client.status(), 413) << token;
  }
  EXPECT_TRUE(comes_to_count("too_large", 2));
}

TEST_F(IngestTest, ASenderGetsThroughBetweenSixHundredIdleConnections) {
  start();
  const std::string base = ingest_->url().substr(0, ingest_->url().rfind('/'));
  std::vector<http::RawClient> idle;
  for (int i = 0; i < 600; ++i) idle.emplace_back(base);
  for (int i = 0; i < 10; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(post(ingest_->url(), body(i), "good").status, 204);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
  }
}

TEST_F(IngestTest, TellsTheSenderThatABodySlightlyOverTheLimitIsTooLarge) {
  start();
  EXPECT_EQ(post(ingest_->url(), std::string(contract::kMaxTelemetryMessage + 1, 'x'), "good").status, 413);
}

TEST_F(IngestTest, ServesManySidecarsAtATime) {
  start();
  std::atomic<int> accepted = 0;
  {
    std::vector<std::jthread> sidecars;
    for (int t = 0; t < 8; ++t) {
      sidecars.emplace_back([&, t] {
        for (int i = 0; i < 3; ++i) accepted += post(ingest_->url(), body(t * 10 + i), "good").status == 204 ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(accepted.load(), 24);
  EXPECT_EQ(taken().size(), 24U);
}

TEST_F(IngestTest, CanBeClosedWhileMessagesArrive) {
  for (int round = 0; round < 10; ++round) {
    start();
    std::jthread sender([url = ingest_->url()](const std::stop_token& stop) {
      while (!stop.stop_requested()) (void)post(url, body(), "good");
    });
    const auto before = taken().size();
    EXPECT_TRUE(eventually([&] { return taken().size() > before; }));
    ingest_.reset();
  }
}

TEST_F(IngestTest, SaysWhyAPortCannotBeUsed) {
  start();
  const auto colon = ingest_->url().rfind(':');
  IngestOptions options;
  options.port = static_cast<std::uint16_t>(std::stoi(ingest_->url().substr(colon + 1)));
  options.log = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::null_sink_mt>());
  const auto second = Ingest::start(
      std::move(options), [](const std::string&) { return std::nullopt; }, [](auto) { return Taken::Yes; });
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error().message.find("telemetry: listening on 127.0.0.1"), std::string::npos);
}

}  // namespace
}  // namespace visionops::telemetry
