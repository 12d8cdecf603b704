// Against servers of the test's own: one that is killed in the middle of a write, and one with TLS.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <thread>

#include "base/digest.h"
#include "tests/storage/contract.h"
#include "tests/storage/faulty_proxy.h"
#include "tests/storage/test_server.h"
#include "tests/unit/storage/temporary_folder.h"

namespace visionops::storage {
namespace {

namespace fs = std::filesystem;

/// tests/s3/s3-server with a folder of its own.
class OwnServer {
 public:
  explicit OwnServer(std::string flags = "") : flags_(std::move(flags)) {
    fs::create_directories(folder_ / "buckets/tests");
    start();
  }
  ~OwnServer() { (void)call("stop"); }
  OwnServer(const OwnServer&) = delete;
  OwnServer& operator=(const OwnServer&) = delete;

  void start() { url_ = call("start"); }
  void kill() const {
    const int id = std::atoi(folder_.get("s3.pid").c_str());
    ASSERT_GT(id, 1);
    ASSERT_EQ(::kill(id, SIGKILL), 0);
  }
  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] std::string authority() const { return (folder_ / "ca.crt").string(); }

 private:
  std::string call(const std::string& verb) {
    const char* script = std::getenv("VISIONOPS_TEST_S3_SERVER");
    if (script == nullptr) throw std::runtime_error("VISIONOPS_TEST_S3_SERVER is not set");
    const std::string command = std::string(script) + " " + verb + " " + folder_.path().string() + " " + flags_;
    FILE* output = ::popen(command.c_str(), "r");
    std::string text;
    std::array<char, 256> buffer{};
    while (std::fgets(buffer.data(), buffer.size(), output) != nullptr) text += buffer.data();
    if (::pclose(output) != 0) throw std::runtime_error(command + " failed");
    while (text.ends_with('\n')) text.pop_back();
    return text;
  }

  tests::TemporaryFolder folder_;
  std::string flags_;
  std::string url_;
};

struct Moment {
  const char* name;
  const char* request;
  std::size_t bytes;  ///< of it that the server gets
};
void PrintTo(const Moment& moment, std::ostream* out) { *out << moment.name; }

class KilledServer : public testing::TestWithParam<Moment> {};

TEST_P(KilledServer, LeavesNothingAndTheWriteSucceedsWhenItIsBack) {
  OwnServer server;
  FaultyProxy proxy(server.url());
  const auto location = new_location(proxy.url());
  const std::string bytes = std::string(GetParam().request) == "PUT " ? std::string(3'000'000, 'p') : large_bytes();
  auto store = open_s3_store(location, test_credentials(), short_patience());
  ASSERT_TRUE(store.ok()) << store.error().message;
  // A part of the request has arrived when the server dies, and it stays dead for all attempts.
  proxy.arm({Fault::Kind::Call, GetParam().request, 1, GetParam().bytes, "", [&] { server.kill(); }});
  const auto lost = (*store)->write("f", bytes, IfExists::Fail);
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().cls, ErrorClass::Retry) << lost.error().message;
  server.start();
  EXPECT_EQ((*store)->stat("f").error().cls, ErrorClass::NotFound);
  EXPECT_TRUE((*store)->list("", true)->empty());
  // And once more, with a server that comes back while the write is going on.
  S3Patience patient = short_patience();
  patient.retry.first = std::chrono::milliseconds(200);
  patient.retry.longest = std::chrono::milliseconds(1000);
  patient.retry.attempts = 12;
  store = open_s3_store(location, test_credentials(), patient);
  ASSERT_TRUE(store.ok()) << store.error().message;
  std::jthread back;
  proxy.arm({Fault::Kind::Call, GetParam().request, 1, GetParam().bytes, "", [&] {
               server.kill();
               back = std::jthread([&] {
                 std::this_thread::sleep_for(std::chrono::milliseconds(300));
                 server.start();
               });
             }});
  const auto written = (*store)->write("f", bytes, IfExists::Fail);
  ASSERT_TRUE(written.ok()) << written.error().message;
  EXPECT_EQ((*store)->digest("f")->sha256, sha256_hex(bytes));
}

INSTANTIATE_TEST_SUITE_P(InTheMiddleOf, KilledServer,
                         testing::Values(Moment{"AWrite", "PUT ", 1'000'000},
                                         Moment{"APart", "partNumber=3", 1'000'000},
                                         Moment{"TheCompletion", "/f?uploadId=", 0}),
                         [](const auto& moment) { return std::string(moment.param.name); });

TEST(S3OverTls, TrustsTheAuthoritiesThatItIsGivenAndNoOthers) {
  const OwnServer server("--tls");
  auto location = new_location(server.url());
  const auto refused = open_s3_store(location, test_credentials(), short_patience());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().cls, ErrorClass::Invalid) << refused.error().message;
  EXPECT_NE(refused.error().message.find("certificate"), std::string::npos) << refused.error().message;
  location.ca_file = server.authority();
  const auto store = open_s3_store(location, test_credentials(), short_patience());
  ASSERT_TRUE(store.ok()) << store.error().message;
  const std::string bytes = large_bytes();
  ASSERT_TRUE((*store)->write("f", bytes, IfExists::Fail).ok());
  EXPECT_EQ((*store)->digest("f")->sha256, sha256_hex(bytes));
  // The name in the certificate counts.
  location.endpoint = "https://localhost" + server.url().substr(server.url().rfind(':'));
  const auto misnamed = open_s3_store(location, test_credentials(), short_patience());
  ASSERT_FALSE(misnamed.ok());
  EXPECT_EQ(misnamed.error().cls, ErrorClass::Invalid) << misnamed.error().message;
}

}  // namespace
}  // namespace visionops::storage
