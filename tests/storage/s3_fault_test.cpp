// What breaks on the way to an object store, and what the store makes of it.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "base/digest.h"
#include "tests/storage/contract.h"
#include "tests/storage/faulty_proxy.h"
#include "tests/storage/test_server.h"

namespace visionops::storage {
namespace {

using Kind = Fault::Kind;

std::shared_ptr<StorageClient> opened(const contract::S3Location& location) {
  auto store = open_s3_store(location, test_credentials(), short_patience());
  if (!store) throw std::runtime_error(store.error().message);
  return *store;
}

class S3Faults : public testing::Test {
 protected:
  S3Faults() : proxy_(test_server()), location_(new_location(proxy_.url())) {
    store_ = opened(location_);
    auto direct = location_;
    direct.endpoint = test_server();
    direct_ = opened(direct);
  }

  void arm(Kind kind, const std::string& match, int times = 1, std::size_t bytes = 0, const std::string& text = "") {
    proxy_.arm({kind, match, times, bytes, text, {}});
  }
  /// Number of files as a client beside the proxy sees them.
  std::size_t files() { return direct_->list("", true)->size(); }

  FaultyProxy proxy_;
  contract::S3Location location_;
  std::shared_ptr<StorageClient> store_;
  std::shared_ptr<StorageClient> direct_;
};

const char* const kBusy = "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code></Error>";

TEST_F(S3Faults, AReadThatBreaksGoesOnWhereItWas) {
  const std::string bytes = large_bytes();
  ASSERT_TRUE(direct_->write("f", bytes, IfExists::Fail).ok());
  arm(Kind::CutReply, "GET ", 3, 5'000'000);
  std::string joined;
  const auto read = store_->read_chunks("f", 1 << 30, [&](std::string_view chunk) -> Status {
    joined += chunk;
    return {};
  });
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_TRUE(joined == bytes);
  EXPECT_EQ(proxy_.left(), 0);
  arm(Kind::CutReply, "GET ", 2, 5'000'000);
  EXPECT_EQ(store_->digest("f")->sha256, sha256_hex(bytes));
  EXPECT_EQ(proxy_.left(), 0);
}

TEST_F(S3Faults, AReadThatBreaksIsNotContinuedWithOtherBytes) {
  ASSERT_TRUE(direct_->write("f", std::string(3'000'000, 'a'), IfExists::Fail).ok());
  arm(Kind::CutReply, "GET ", 1, 1'000'000);
  proxy_.arm({Kind::Call, "range: bytes=", 1, 0, "",
              [this] { ASSERT_TRUE(direct_->write("f", std::string(3'000'000, 'b'), IfExists::Replace).ok()); }});
  const auto read = store_->digest("f");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().cls, ErrorClass::Retry);
  EXPECT_NE(read.error().message.find("replaced"), std::string::npos) << read.error().message;
}

TEST_F(S3Faults, ABusyServerIsAskedAgain) {
  for (const char* status : {"503 Service Unavailable", "500 Internal Server Error", "429 Too Many Requests"}) {
    arm(Kind::Answer, "PUT ", 3, 0, http_answer(status, kBusy, "Retry-After: 0\r\n"));
    const auto written = store_->write(status, "bytes", IfExists::Fail);
    ASSERT_TRUE(written.ok()) << written.error().message;
    EXPECT_EQ(proxy_.left(), 0);
    arm(Kind::Answer, "GET ", 2, 0, http_answer(status, kBusy));
    EXPECT_EQ(*store_->read(status, 10), "bytes");
    EXPECT_EQ(proxy_.left(), 0);
  }
}

TEST_F(S3Faults, AServerThatStaysBusyIsARetryOfTheCaller) {
  arm(Kind::Answer, "PUT ", 6, 0, http_answer("503 Service Unavailable", kBusy));
  const auto written = store_->write("f", "bytes", IfExists::Fail);
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().cls, ErrorClass::Retry);
  EXPECT_NE(written.error().message.find("503 SlowDown"), std::string::npos) << written.error().message;
  EXPECT_EQ(files(), 0U);
}

TEST_F(S3Faults, AWriteThatBreaksLeavesNothingAndIsRepeatedWhole) {
  const std::string bytes(3'000'000, 'x');
  arm(Kind::CutRequest, "PUT ", 6, 1'000'000);
  const auto broken = store_->write("f", bytes, IfExists::Fail);
  ASSERT_FALSE(broken.ok());
  EXPECT_EQ(broken.error().cls, ErrorClass::Retry);
  EXPECT_EQ(files(), 0U);
  arm(Kind::CutRequest, "PUT ", 2, 1'000'000);
  const auto written = store_->write("f", bytes, IfExists::Fail);
  ASSERT_TRUE(written.ok()) << written.error().message;
  EXPECT_EQ(direct_->digest("f")->sha256, sha256_hex(bytes));
}

TEST_F(S3Faults, AnUploadInPartsThatBreaksLeavesNothingAndEachPartIsRepeated) {
  const std::string bytes = large_bytes();
  arm(Kind::CutRequest, "partNumber=3", 6, 1'000'000);
  const auto broken = store_->write("f", bytes, IfExists::Fail);
  ASSERT_FALSE(broken.ok());
  EXPECT_EQ(broken.error().cls, ErrorClass::Retry);
  EXPECT_EQ(files(), 0U);
  arm(Kind::CutRequest, "partNumber=2", 2, 1'000'000);
  arm(Kind::Answer, "partNumber=4", 2, 0, http_answer("503 Service Unavailable", kBusy));
  ASSERT_TRUE(store_->write("f", bytes, IfExists::Fail).ok());
  EXPECT_EQ(proxy_.left(), 0);
  EXPECT_EQ(direct_->digest("f")->sha256, sha256_hex(bytes));
}

TEST_F(S3Faults, AWriteWhoseReplyWasLostKnowsItself) {
  arm(Kind::DropReply, "PUT ");
  const auto written = store_->write("f", "bytes", IfExists::Fail);
  ASSERT_TRUE(written.ok()) << written.error().message;
  EXPECT_EQ(proxy_.left(), 0);
  EXPECT_EQ(store_->write("f", "bytes", IfExists::Fail).error().cls, ErrorClass::AlreadyExists);
}

TEST_F(S3Faults, AWriteWhoseReplyWasLostIsNotTakenForAnothers) {
  // The first attempt never reaches the server; meanwhile another writes equal bytes.
  arm(Kind::CutRequest, "PUT ", 1, 10);
  proxy_.arm(
      {Kind::Call, "PUT ", 1, 0, "", [this] { ASSERT_TRUE(direct_->write("f", "bytes", IfExists::Fail).ok()); }});
  EXPECT_EQ(store_->write("f", "bytes", IfExists::Fail).error().cls, ErrorClass::AlreadyExists);
  EXPECT_EQ(proxy_.left(), 0);
}

TEST_F(S3Faults, AnUploadInPartsWhoseLastReplyWasLostKnowsItself) {
  const std::string bytes = large_bytes();
  arm(Kind::DropReply, "POST /tests/some%20folder/" + location_.prefix.substr(12) + "/f?uploadId=");
  const auto written = store_->write("f", bytes, IfExists::Fail);
  ASSERT_TRUE(written.ok()) << written.error().message;
  EXPECT_EQ(proxy_.left(), 0);
  EXPECT_EQ(direct_->digest("f")->sha256, sha256_hex(bytes));
}

TEST_F(S3Faults, AnErrorAfterTwoHundredIsAnError) {
  const std::string late = "<?xml version=\"1.0\"?><Error><Code>InternalError</Code></Error>";
  arm(Kind::Answer, "uploadId=", 1, 0, "");  // the first part: an empty answer breaks the connection
  proxy_.arm({Kind::Answer, "f?uploadId=", 2, 0, http_answer("200 OK", late), {}});
  const std::string bytes = large_bytes();
  const auto written = store_->write("f", bytes, IfExists::Fail);
  ASSERT_TRUE(written.ok()) << written.error().message;
  EXPECT_EQ(direct_->digest("f")->sha256, sha256_hex(bytes));
}

TEST_F(S3Faults, AServerWithoutConditionalWritesIsStillWrittenTo) {
  const std::string words = "<?xml version=\"1.0\"?><Error><Code>NotImplemented</Code></Error>";
  arm(Kind::Answer, "if-none-match", 1, 0, http_answer("501 Not Implemented", words));
  ASSERT_TRUE(store_->write("f", "one", IfExists::Fail).ok());
  EXPECT_EQ(store_->write("f", "two", IfExists::Fail).error().cls, ErrorClass::AlreadyExists);
  EXPECT_EQ(*direct_->read("f", 10), "one");
}

TEST_F(S3Faults, CopiesWithinAServerDoNotPassThroughHere) {
  const std::string bytes = large_bytes();
  ASSERT_TRUE(store_->write("f", bytes, IfExists::Fail).ok());
  for (const auto how : {IfExists::Replace, IfExists::Fail, IfExists::KeepEqual}) {
    const auto before = proxy_.moved();
    const std::string path = "copy" + std::to_string(static_cast<int>(how));
    const auto copied = store_->copy_from(*store_, "f", path, ImageMode::Copy, how);
    ASSERT_TRUE(copied.ok()) << copied.error().message;
    EXPECT_EQ(copied->sha256, sha256_hex(bytes));
    EXPECT_LT(proxy_.moved() - before, 100'000);
    EXPECT_EQ(direct_->digest(path)->sha256, sha256_hex(bytes));
  }
}

TEST_F(S3Faults, RefusalsOfTheServerAreRetriesOfTheCallerNotBadFiles) {
  const std::string words = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>";
  ASSERT_TRUE(direct_->write("f", "x", IfExists::Fail).ok());
  arm(Kind::Answer, "GET ", 1, 0, http_answer("403 Forbidden", words));
  const auto read = store_->read("f", 10);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().cls, ErrorClass::Retry) << "an image that may not be read now is not a bad image";
  EXPECT_NE(read.error().message.find("403 AccessDenied"), std::string::npos) << read.error().message;
}

TEST_F(S3Faults, AServerThatHangsIsGivenUpAndAskedAgain) {
  ASSERT_TRUE(direct_->write("f", "x", IfExists::Fail).ok());
  auto patience = short_patience();
  patience.stall_timeout = std::chrono::seconds(1);
  const auto store = *open_s3_store(location_, test_credentials(), patience);
  std::atomic<bool> given_up{false};
  std::atomic<bool> waited_for{false};
  proxy_.arm({Kind::Call, "GET ", 1, 0, "", [&] {
                for (int i = 0; i < 600 && !given_up; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
                waited_for = !given_up;
              }});
  EXPECT_EQ(*store->read("f", 10), "x");
  given_up = true;
  EXPECT_FALSE(waited_for);
}

// Keys that may list only below a prefix get 403 for names that are not there (AWS).
TEST_F(S3Faults, NoRedirectIsFollowedAndNoProxyOfTheEnvironmentUsed) {
  FaultyProxy elsewhere(test_server());
  ASSERT_TRUE(direct_->write("f", "bytes", IfExists::Fail).ok());
  arm(Kind::Answer, "GET ", 100, 0,
      http_answer("307 Temporary Redirect", "", "Location: " + elsewhere.url() + "/tests/f\r\n"));
  EXPECT_FALSE(store_->read("f", 100).ok());
  EXPECT_LT(proxy_.left(), 100);
  ::setenv("http_proxy", elsewhere.url().c_str(), 1);
  ::setenv("all_proxy", elsewhere.url().c_str(), 1);
  const auto beside = opened(new_location(test_server()));
  EXPECT_TRUE(beside->write("f", "bytes", IfExists::Fail).ok());
  ::unsetenv("http_proxy");
  ::unsetenv("all_proxy");
  EXPECT_EQ(elsewhere.moved(), 0);
}

TEST_F(S3Faults, AForbiddenNameThatNoListingShowsIsMissing) {
  const std::string words = "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>";
  ASSERT_TRUE(direct_->write("file.json", "x", IfExists::Fail).ok());
  for (const char* method : {"HEAD ", "GET "}) {
    arm(Kind::Answer, method, 1, 0, http_answer("403 Forbidden", *method == 'H' ? "" : words));
    const auto error = *method == 'H' ? store_->stat("file").error() : store_->digest("file").error();
    EXPECT_EQ(error.cls, ErrorClass::NotFound) << method << error.message;
    arm(Kind::Answer, method, 1, 0, http_answer("403 Forbidden", *method == 'H' ? "" : words));
    const auto there = *method == 'H' ? store_->stat("file.json").error() : store_->digest("file.json").error();
    EXPECT_EQ(there.cls, ErrorClass::Retry) << method << there.message;
  }
  EXPECT_EQ(proxy_.left(), 0);
}

}  // namespace
}  // namespace visionops::storage
