// Strangers that open connections and say nothing, or little: who has something to say gets through within a second.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <ctime>
#include <mutex>
#include <thread>
#include <vector>

#include "operator/http/limits.h"
#include "tests/unit/http/raw_client.h"

namespace visionops::http {
namespace {

using std::chrono::steady_clock;

/// File descriptors that this process may have, until the end of a test.
class Descriptors {
 public:
  explicit Descriptors(rlim_t count) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit wanted = before_;
    wanted.rlim_cur = std::min(count, before_.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &wanted);
  }
  ~Descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  Descriptors(const Descriptors&) = delete;
  Descriptors& operator=(const Descriptors&) = delete;

 private:
  rlimit before_{};
};

/// From one address, or from 250 in turn; as many as this process may have, with the listener's side of them.
std::vector<RawClient> crowd(const Listener& listener, int count, const std::string& words, bool many_addresses) {
  std::vector<RawClient> out;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  count = std::min(count, static_cast<int>(limit.rlim_cur) - 1500);
  for (int i = 0; i < count; ++i) {
    const std::string from = "127.0.0." + std::to_string(many_addresses ? 2 + i % 250 : 1);
    out.emplace_back(listener.url(), from.c_str());
    if (!words.empty()) out.back().send(words);
  }
  return out;
}

/// The slowest of ten senders, each with a connection of its own; a minute when one got no answer.
steady_clock::duration slowest_sender(const Listener& listener) {
  steady_clock::duration worst{};
  for (int i = 0; i < 10; ++i) {
    const auto begin = steady_clock::now();
    const RawClient sender(listener.url(), "127.0.0.1", 2);
    sender.send("POST /m HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
    if (sender.status() != 200) return std::chrono::minutes(1);
    worst = std::max(worst, steady_clock::now() - begin);
  }
  return worst;
}

/// A sanitizer makes everything some ten times as slow, not the waiting for strangers.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr std::chrono::seconds kWithin(10);
#else
constexpr std::chrono::seconds kWithin(1);
#endif

struct Strangers {
  const char* name;
  int count;
  const char* words;
  bool many_addresses;
};

class Crowd : public testing::TestWithParam<Strangers> {};

TEST_P(Crowd, LetsASenderThroughWithinASecond) {
  const Descriptors enough(16'000);
  const auto listener = listen();
  const auto& param = GetParam();
  const auto strangers = crowd(*listener, param.count, param.words, param.many_addresses);
  EXPECT_LT(slowest_sender(*listener), kWithin);
  EXPECT_LE(listener->load().connections, kMaxConnections);
}

INSTANTIATE_TEST_SUITE_P(
    Of, Crowd,
    testing::Values(Strangers{"SilentOnes", 600, "", false}, Strangers{"ManySilentOnes", 5000, "", false},
                    Strangers{"SilentOnesOfManyAddresses", 5000, "", true},
                    Strangers{"UnfinishedHeads", 1500, "POST / HTTP/1.1\r\nHo", false},
                    Strangers{"UnfinishedHeadsOfManyAddresses", 1500, "P", true},
                    Strangers{"UnfinishedBodies", 1500, "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nx", true},
                    Strangers{"UnreadAnswers", 1500, "GET / HTTP/1.1\r\n\r\n", true}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(CrowdLimits, HoldForOneAddressAndForEachStage) {
  const Descriptors enough(16'000);
  const auto listener = listen();
  const auto idle = crowd(*listener, 600, "", false);
  const auto heads = crowd(*listener, 300, "G", true);
  const auto bodies = crowd(*listener, 200, "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nx", true);
  slowest_sender(*listener);
  const auto load = listener->load();
  EXPECT_LE(load.connections, kMaxOfOneAddress + kMaxHeads + kMaxBodies + 1);
  EXPECT_GE(load.gave_way, 600 + 300 + 200 - (kMaxOfOneAddress + kMaxHeads + kMaxBodies) - 1);
}

TEST(CrowdLimits, ASenderKeepsItsConnectionWhileSilentOnesOfItsAddressComeAndGo) {
  const Descriptors enough(16'000);
  const auto listener = listen();
  const RawClient sender(listener->url());
  for (int round = 0; round < 3; ++round) {
    sender.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_NE(sender.read_until("GET /  ").find("200 OK"), std::string::npos) << round;
    crowd(*listener, 1200, "", false);
  }
}

TEST(CrowdLimits, AnAnswerThatTakesLongIsNotEndedForOthers) {
  const Descriptors enough(16'000);
  Respond kept;
  std::mutex mutex;
  const auto listener = listen({}, [&](const Request& request, const Respond& respond) {
    if (request.path != "/slow") return echo(request, respond);
    const std::lock_guard lock(mutex);
    kept = respond;
  });
  const RawClient patient(listener->url());
  patient.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto strangers = crowd(*listener, 1500, "", false);
  EXPECT_LT(slowest_sender(*listener), kWithin);
  const std::lock_guard lock(mutex);
  ASSERT_TRUE(kept);
  kept({200, "late"});
  EXPECT_NE(patient.read_until("late").find("200 OK"), std::string::npos);
}

TEST(CrowdLimits, WithoutFileDescriptorsAcceptingRestsAndGoesOn) {
  const auto listener = listen();
  std::vector<RawClient> clients;
  clients.emplace_back(listener->url());
  {
    const int next = ::dup(0);
    ::close(next);
    const Descriptors few(static_cast<rlim_t>(next) + 40);
    // Each client has a descriptor here as well: the listener runs out of them before the clients do.
    for (int i = 0; i < 40 && clients.back().connected(); ++i) clients.emplace_back(listener->url());
    timespec before{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    timespec after{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    const double busy =
        static_cast<double>(after.tv_sec - before.tv_sec) + 1e-9 * static_cast<double>(after.tv_nsec - before.tv_nsec);
    EXPECT_LT(busy, 0.2) << "seconds of a processor in half a second";
  }
  clients.clear();
  EXPECT_LT(slowest_sender(*listener), kWithin);
}

}  // namespace
}  // namespace visionops::http
