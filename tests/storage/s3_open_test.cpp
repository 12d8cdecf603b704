// What is told when a bucket is opened, and what is never told.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/digest.h"
#include "tests/storage/contract.h"
#include "tests/storage/test_server.h"
#include "tests/unit/storage/temporary_folder.h"

namespace visionops::storage {
namespace {

namespace fs = std::filesystem;

Error refusal(const contract::S3Location& location, const S3Credentials& credentials = test_credentials()) {
  const auto opened = open_s3_store(location, credentials, short_patience());
  EXPECT_FALSE(opened.ok());
  return opened.ok() ? Error{} : opened.error();
}

TEST(OpenS3, TellsWrongKeysWithoutTellingThem) {
  const auto location = new_location(test_server());
  for (const S3Credentials& wrong : {S3Credentials{"tester", Secret("guessed-secret"), {}},
                                     S3Credentials{"somebody", Secret("tester-secret"), {}}}) {
    const auto error = refusal(location, wrong);
    EXPECT_EQ(error.cls, ErrorClass::Invalid) << error.message;
    EXPECT_NE(error.message.find("bucket tests at " + test_server() + ": 40"), std::string::npos) << error.message;
    EXPECT_EQ(error.message.find("secret"), std::string::npos) << error.message;
  }
}

TEST(OpenS3, TellsABucketThatIsNotThereFromAServerThatIsNot) {
  auto location = new_location(test_server());
  location.bucket = "nothing-here";
  EXPECT_EQ(refusal(location).cls, ErrorClass::NotFound);
  location = new_location("http://127.0.0.1:1");
  const auto error = refusal(location);
  EXPECT_EQ(error.cls, ErrorClass::Retry) << error.message;
  EXPECT_NE(error.message.find("http://127.0.0.1:1"), std::string::npos) << error.message;
}

TEST(OpenS3, RefusesNamesThatNoBucketTakesAndWritesToOneThatIsOnlyRead) {
  auto location = new_location(test_server());
  auto store = open_s3_store(location, test_credentials(), short_patience());
  ASSERT_TRUE(store.ok()) << store.error().message;
  const std::size_t room = 1024 - location.prefix.size() - 1;
  const std::string part(200, 'a');
  std::string longest = part + "/" + part + "/" + part + "/" + part + "/";
  longest += std::string(room - longest.size(), 'b');
  EXPECT_NE((*store)->stat(longest).error().cls, ErrorClass::Invalid)
      << "what the server makes of it is its own affair";
  EXPECT_EQ((*store)->write(longest + "b", "x", IfExists::Fail).error().cls, ErrorClass::Invalid);
  EXPECT_EQ((*store)->write("\xff", "x", IfExists::Fail).error().cls, ErrorClass::Invalid);
  location.read_only = true;
  store = open_s3_store(location, test_credentials(), short_patience());
  ASSERT_TRUE(store.ok()) << store.error().message;
  EXPECT_EQ((*store)->write("f", "x", IfExists::Fail).error().cls, ErrorClass::Invalid);
}

TEST(OpenS3, ReadsItsLocationFromTheEnvironmentAndItsKeysFromAFolder) {
  const tests::TemporaryFolder folder;
  auto location = new_location(test_server());
  location.credentials_folder = (folder / "keys").string();
  ::setenv("VISIONOPS_STORE_MY_DATA", contract::encode(location).c_str(), 1);
  const auto missing = open_store("my-data");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().cls, ErrorClass::Invalid);
  EXPECT_NE(missing.error().message.find("store \"my-data\": AWS_ACCESS_KEY_ID is missing in"), std::string::npos)
      << missing.error().message;
  folder.put("keys/AWS_ACCESS_KEY_ID", "tester\n");
  folder.put("keys/AWS_SECRET_ACCESS_KEY", "tester-secret");
  auto store = open_store("my-data");
  ASSERT_TRUE(store.ok()) << store.error().message;
  EXPECT_TRUE((*store)->write("f", "x", IfExists::Fail).ok());
  EXPECT_TRUE(fs::exists(fs::path(bucket_folder()) / location.prefix / "f"));

  location.read_only = true;
  ::setenv("VISIONOPS_STORE_MY_DATA", contract::encode(location).c_str(), 1);
  store = open_store("my-data");
  ASSERT_TRUE(store.ok());
  EXPECT_EQ(*(*store)->read("f", 10), "x");
  EXPECT_EQ((*store)->write("g", "x", IfExists::Fail).error().cls, ErrorClass::Invalid);
  EXPECT_EQ((*store)->copy_from(**store, "f", "g", ImageMode::Copy, IfExists::Fail).error().cls, ErrorClass::Invalid);
  EXPECT_EQ((*store)->remove("f").error().cls, ErrorClass::Invalid);

  ::setenv("VISIONOPS_STORE_MY_DATA", "{\"endpoint\":\"file:///etc\",\"bucket\":\"abc\"}", 1);
  EXPECT_EQ(open_store("my-data").error().cls, ErrorClass::Invalid);
  ::unsetenv("VISIONOPS_STORE_MY_DATA");
}

TEST(MixedStores, CopyBothWaysInEveryMode) {
  const tests::TemporaryFolder folder;
  const auto local = *open_local_store(folder.path().string());
  const auto bucket = *open_s3_store(new_location(test_server()), test_credentials(), short_patience());
  const std::string large = large_bytes();
  ASSERT_TRUE(local->write("small", "bytes", IfExists::Fail).ok());
  ASSERT_TRUE(local->write("large", large, IfExists::Fail).ok());
  for (const std::string name : {"small", "large"}) {
    const auto digest = local->digest(name)->sha256;
    for (const auto how : {IfExists::Fail, IfExists::KeepEqual, IfExists::Replace}) {
      const auto up = bucket->copy_from(*local, name, "up/" + name, ImageMode::Link, how);
      ASSERT_TRUE(up.ok()) << up.error().message;
      EXPECT_EQ(up->sha256, digest);
      const auto down = local->copy_from(*bucket, "up/" + name, "down/" + name, ImageMode::Link, how);
      ASSERT_TRUE(down.ok()) << down.error().message;
      EXPECT_EQ(down->sha256, digest);
      EXPECT_EQ(local->digest("down/" + name)->sha256, digest);
    }
    EXPECT_EQ(bucket->copy_from(*local, name, "up/" + name, ImageMode::Copy, IfExists::Fail).error().cls,
              ErrorClass::AlreadyExists);
    EXPECT_EQ(local->copy_from(*bucket, "up/" + name, "down/" + name, ImageMode::Copy, IfExists::Fail).error().cls,
              ErrorClass::AlreadyExists);
  }
  EXPECT_EQ(local->copy_from(*bucket, "up/large", "down/small", ImageMode::Copy, IfExists::KeepEqual).error().cls,
            ErrorClass::AlreadyExists);
  EXPECT_EQ(local->copy_from(*bucket, "up/none", "x", ImageMode::Copy, IfExists::Fail).error().cls,
            ErrorClass::NotFound);
  EXPECT_EQ(bucket->copy_from(*local, "none", "x", ImageMode::Copy, IfExists::Fail).error().cls, ErrorClass::NotFound);
}

}  // namespace
}  // namespace visionops::storage
