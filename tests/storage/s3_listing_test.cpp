// Listings: many pages, keys that are no paths, and answers that no honest server gives.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/digest.h"
#include "tests/storage/faulty_proxy.h"
#include "tests/storage/test_server.h"

namespace visionops::storage {
namespace {

namespace fs = std::filesystem;

class S3Listing : public testing::Test {
 protected:
  S3Listing() : proxy_(test_server()), location_(new_location(proxy_.url())) {
    auto opened = open_s3_store(location_, test_credentials(), short_patience());
    if (!opened) throw std::runtime_error(opened.error().message);
    store_ = *opened;
    fs::create_directories(folder());
  }
  /// Where other tools put objects of this store.
  [[nodiscard]] fs::path folder() const { return fs::path(bucket_folder()) / location_.prefix; }
  void answer(const std::string& body, int times = 1) {
    proxy_.arm({Fault::Kind::Answer, "list-type=2", times, 0, http_answer("200 OK", body), {}});
  }
  static std::string page(const std::string& content, const std::string& rest = "<IsTruncated>false</IsTruncated>") {
    return "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + rest +
           content + "</ListBucketResult>";
  }
  static std::string object(const std::string& key, const std::string& size = "7") {
    return "<Contents><Key>" + key + "</Key><LastModified>2026-01-02T03:04:05.678Z</LastModified><Size>" + size +
           "</Size></Contents>";
  }
  std::string paths(const Result<std::vector<FileInfo>>& files) {
    if (!files) return files.error().message;
    std::string out;
    for (const auto& file : *files) out += file.path + (file.directory ? "/ " : " ");
    return out;
  }

  FaultyProxy proxy_;
  contract::S3Location location_;
  std::shared_ptr<StorageClient> store_;
};

TEST_F(S3Listing, JoinsItsPages) {
  for (int i = 0; i < 2345; ++i) {
    const auto name = std::to_string(100000 + i * 11 % 2345);
    fs::create_directories(folder() / "many" / name.substr(0, 5));
    std::ofstream(folder() / "many" / name.substr(0, 5) / name) << name;
  }
  const auto all = store_->list("many", true);
  ASSERT_TRUE(all.ok()) << all.error().message;
  ASSERT_EQ(all->size(), 2345U);
  for (std::size_t i = 0; i < all->size(); ++i) {
    const auto name = std::to_string(100000 + i);
    EXPECT_EQ((*all)[i].path, "many/" + name.substr(0, 5) + "/" + name);
    EXPECT_EQ((*all)[i].size, 6);
  }
  EXPECT_EQ(store_->list("many", false)->size(), 235U);
}

TEST_F(S3Listing, ReadsCopiesAndComparesObjectsOfOtherTools) {
  std::ofstream(folder() / "foreign") << "bytes";
  EXPECT_EQ(store_->digest("foreign")->sha256, sha256_hex("bytes"));
  EXPECT_TRUE(store_->write("foreign", "bytes", IfExists::KeepEqual).ok());
  EXPECT_EQ(store_->write("foreign", "other", IfExists::KeepEqual).error().cls, ErrorClass::AlreadyExists);
  const auto copied = store_->copy_from(*store_, "foreign", "copy", ImageMode::Copy, IfExists::Replace);
  ASSERT_TRUE(copied.ok()) << copied.error().message;
  EXPECT_EQ(copied->sha256, sha256_hex("bytes"));
}

TEST_F(S3Listing, LeavesOutKeysThatAreNoPaths) {
  const std::string p = "some folder/" + location_.prefix.substr(12);
  const std::string q = "some+folder/" + location_.prefix.substr(12);
  answer(page(object(p + "/ok") + object(p + "/../secret") + object(p + "//absolute") + object(p + "/a//b") +
              object(p + "/./c") + object(p + "/.visionops-tmp-x") + object(p + "/folder/") + object("elsewhere/x") +
              object(p + "/negative", "-1") + object(p + "/none", "x")));
  EXPECT_EQ(paths(store_->list("", true)), "ok ");
  answer(page(object(q + "/od%20d+%2B%25") + object(q + "/line%0Abreak") + object(q + "/nul%00") +
                  object(q + "/broken%2") + object(q + "/up%2F..%2F..%2Fsecret") + "<CommonPrefixes><Prefix>" + q +
                  "/dir%2F</Prefix></CommonPrefixes>" + "<CommonPrefixes><Prefix>" + q +
                  "/..%2F</Prefix></CommonPrefixes>",
              "<IsTruncated>false</IsTruncated><EncodingType>url</EncodingType>"));
  EXPECT_EQ(paths(store_->list("", false)), "dir/ od d +% ");
  EXPECT_EQ(proxy_.left(), 0);
}

TEST_F(S3Listing, TellsSizeAndTime) {
  answer(page(object(location_.prefix + "/f", "123456789012")));
  const auto files = store_->list("", true);
  ASSERT_TRUE(files.ok());
  EXPECT_EQ(files->front().size, 123456789012);
  EXPECT_EQ(files->front().mtime_ns, 1767323045678000000);
}

TEST_F(S3Listing, AFolderWithNothingButItsMarkerIsThereAndEmpty) {
  answer(page(object(location_.prefix + "/made/", "0")));
  const auto files = store_->list("made", true);
  ASSERT_TRUE(files.ok()) << files.error().message;
  EXPECT_TRUE(files->empty());
}

TEST_F(S3Listing, EndsWhenTheServerGoesInCircles) {
  const std::string truncated = "<IsTruncated>true</IsTruncated>";
  answer(page(object(location_.prefix + "/f"), truncated + "<NextContinuationToken>t</NextContinuationToken>"), 2);
  EXPECT_EQ(store_->list("", true).error().cls, ErrorClass::Retry);
  answer(page(object(location_.prefix + "/f"), truncated));
  EXPECT_EQ(store_->list("", true).error().cls, ErrorClass::Retry);
}

TEST_F(S3Listing, RefusesXmlThatIsMadeToHurt) {
  std::string bomb = "<?xml version=\"1.0\"?><!DOCTYPE b [<!ENTITY a \"aaaaaaaaaa\">";
  for (char c = 'b'; c < 'l'; ++c) {
    bomb += std::string("<!ENTITY ") + c + " \"";
    for (int i = 0; i < 10; ++i) bomb += std::string("&") + static_cast<char>(c - 1) + ";";
    bomb += "\">";
  }
  bomb += "]><ListBucketResult>&k;</ListBucketResult>";
  answer(bomb);
  const auto refused = store_->list("", true);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("document type"), std::string::npos) << refused.error().message;

  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "<a>";
  answer(deep);
  EXPECT_NE(store_->list("", true).error().message.find("too deep"), std::string::npos);
  answer("<ListBucketResult><Contents>");
  EXPECT_FALSE(store_->list("", true).ok());
  answer("<html>a login page</html>");
  EXPECT_FALSE(store_->list("", true).ok()) << "an answer that is no listing is not an empty store";
  proxy_.arm({Fault::Kind::Answer, "list-type=2", 6, 0, http_answer("200 OK", std::string(17 << 20, 'x')), {}});
  EXPECT_NE(store_->list("", true).error().message.find("larger than 16 MiB"), std::string::npos);
}

}  // namespace
}  // namespace visionops::storage
