// The pure parts of the S3 store.
#include <gtest/gtest.h>

#include "base/digest.h"
#include "worker/contract/store_location.h"
#include "worker/storage/s3/checksum.h"
#include "worker/storage/s3/multipart_upload.h"
#include "worker/storage/s3/object_url.h"
#include "worker/storage/s3/s3_xml.h"
#include "worker/storage/s3/utf8.h"

namespace visionops::storage {
namespace {

TEST(ObjectUrl, EncodesEverythingButUnreservedCharacters) {
  EXPECT_EQ(uri_encode("a b/c+d~e_f-g.h%", true), "a%20b/c%2Bd~e_f-g.h%25");
  EXPECT_EQ(uri_encode("a/\xC3\xA4", false), "a%2F%C3%A4");
}

TEST(ObjectUrl, DecodesWhatListingsContain) {
  EXPECT_EQ(uri_decode("a+b%2Bc%20d%C3%A4"), "a b+c d\xC3\xA4");
  for (const char* broken : {"%", "%4", "%g0", "a%2"}) EXPECT_FALSE(uri_decode(broken)) << broken;
}

TEST(ObjectUrl, PutsTheBucketIntoPathOrHost) {
  contract::S3Location location;
  location.endpoint = "https://s3.example.org:9000";
  location.bucket = "data";
  EXPECT_EQ(object_url(location, "a/b c", {}), "https://s3.example.org:9000/data/a/b%20c");
  EXPECT_EQ(object_url(location, "", {{"prefix", "p/"}, {"list-type", "2"}, {"delimiter", "/"}}),
            "https://s3.example.org:9000/data?delimiter=%2F&list-type=2&prefix=p%2F");
  location.path_style = false;
  EXPECT_EQ(object_url(location, "a", {{"uploads", ""}}), "https://data.s3.example.org:9000/a?uploads=");
}

TEST(Checksum, IsTheSameDigestInAnotherSpelling) {
  const auto hex = sha256_hex("hello");
  EXPECT_EQ(checksum_of_sha256(hex), "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=");
  EXPECT_EQ(sha256_of_checksum(checksum_of_sha256(hex)), hex);
  EXPECT_EQ(sha256_of_checksum("LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=-3"), "") << "of parts, not of the bytes";
  EXPECT_EQ(sha256_of_checksum(""), "");
  EXPECT_EQ(sha256_of_checksum("LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmC!="), "");
}

TEST(PartSize, KeepsTheNumberOfPartsWithinTenThousand) {
  EXPECT_EQ(part_size(1), 8 << 20);
  for (const std::int64_t total : {std::int64_t{80} << 30, std::int64_t{5} << 40}) {
    EXPECT_LE((total + part_size(total) - 1) / part_size(total), 10'000);
  }
}

TEST(Utf8, AcceptsWellFormedTextAlone) {
  for (const char* text : {"", "plain", "\xC3\xA4", "\xE6\xBC\xA2", "\xF0\x9F\x98\x80", "\xEF\xBF\xBD"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
  for (const char* text : {"\x80", "\xC3", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF",
                           "a\xC3(", "\xF0\x80\x80\xAF"}) {
    EXPECT_FALSE(is_utf8(text)) << sha256_hex(text);
  }
}

TEST(Xml, GivesEveryElementWithItsPathAndText) {
  std::string seen;
  const auto read =
      read_xml("<a><b>x &amp; <c/>y</b><b>&#228;</b></a>",
               [&](std::string_view path, const std::string& text) { seen += std::string(path) + "=" + text + ";"; });
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(seen, "a/b/c=;a/b=x & y;a/b=\xC3\xA4;a=;");
  EXPECT_EQ(xml_escaped("<\"a&b\">"), "&lt;&quot;a&amp;b&quot;&gt;");
}

TEST(S3Location, TravelsAsJsonAndIsCheckedOnTheWay) {
  contract::S3Location location;
  location.endpoint = "https://s3.example.org";
  location.bucket = "my-bucket.1";
  location.prefix = "a/b";
  location.read_only = true;
  location.path_style = false;
  location.credentials_folder = "/keys";
  Problems problems;
  EXPECT_EQ(contract::decode_s3_location(contract::encode(location), problems), location);
  EXPECT_TRUE(problems.empty()) << describe(problems);
  EXPECT_EQ(contract::store_env("my-data2"), "VISIONOPS_STORE_MY_DATA2");
  for (const char* wrong :
       {"", "[]", "{}", R"({"endpoint":"ftp://x","bucket":"abc"})", R"({"endpoint":"https://x/path","bucket":"abc"})",
        R"({"endpoint":"https://user@x","bucket":"abc"})", R"({"endpoint":"https://x","bucket":"A"})",
        R"({"endpoint":"https://x","bucket":"abc","prefix":"../up"})",
        R"({"endpoint":"https://x","bucket":"abc","secret":"s"})"}) {
    Problems found;
    (void)contract::decode_s3_location(wrong, found);
    EXPECT_FALSE(found.empty()) << wrong;
  }
}

}  // namespace
}  // namespace visionops::storage
