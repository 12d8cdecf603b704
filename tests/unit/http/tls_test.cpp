#include <curl/curl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "operator/http/listener.h"
#include "operator/http/tls_context.h"

namespace visionops::http {
namespace {

namespace fs = std::filesystem;

/// Self-signed certificates for 127.0.0.1, made by openssl.
class TlsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("visionops-tls-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  TlsFiles make(const std::string& name) const {
    const TlsFiles files{folder_ / (name + ".crt"), folder_ / (name + ".key")};
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=" + name +
        " -addext subjectAltName=IP:127.0.0.1 -keyout " + files.private_key.string() + " -out " +
        files.certificate_chain.string() + " 2>/dev/null";
    EXPECT_EQ(std::system(command.c_str()), 0);
    return files;
  }
  fs::path folder_;
};

CURLcode get(const std::string& url, const fs::path& authority) {
  CURL* curl = curl_easy_init();
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_CAINFO, authority.c_str());
  curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 20L);
  const CURLcode result = curl_easy_perform(curl);
  curl_easy_cleanup(curl);
  return result;
}

TEST_F(TlsTest, ServesClientsThatVerifyTheCertificate) {
  ListenerOptions options;
  options.tls = make("telemetry");
  const auto listener = Listener::start(options, [](const Request&, const Respond& respond) { respond({204}); });
  ASSERT_TRUE(listener) << listener.error().message;
  const std::string url = (*listener)->url();
  EXPECT_TRUE(url.starts_with("https://127.0.0.1:")) << url;
  EXPECT_EQ(get(url, options.tls->certificate_chain), CURLE_OK);
  EXPECT_EQ(get(url, make("stranger").certificate_chain), CURLE_PEER_FAILED_VERIFICATION);
  EXPECT_NE(get("http" + url.substr(5), options.tls->certificate_chain), CURLE_OK) << "no plain HTTP on the TLS port";
  EXPECT_EQ(get(url, options.tls->certificate_chain), CURLE_OK) << "and goes on afterwards";
}

TEST_F(TlsTest, RefusesFilesThatAreNoPair) {
  ListenerOptions options;
  options.tls = TlsFiles{make("a").certificate_chain, make("b").private_key};
  const auto listener = Listener::start(options, [](const Request&, const Respond&) {});
  ASSERT_FALSE(listener);
  EXPECT_EQ(listener.error().cls, ErrorClass::Invalid);
  EXPECT_NE(listener.error().message.find("b.key"), std::string::npos) << listener.error().message;
  EXPECT_FALSE(TlsContext::load({folder_ / "absent.crt", folder_ / "absent.key"}));
}

TEST_F(TlsTest, TakesRenewedFilesAndKeepsTheOldOnesWhileTheNewAreUnusable) {
  const TlsFiles files = make("first");
  auto tls = TlsContext::load(files);
  ASSERT_TRUE(tls);
  const auto first = tls->current();
  EXPECT_EQ(tls->current(), first) << "unchanged files are not read again";
  const auto later = fs::last_write_time(files.private_key) + std::chrono::hours(1);

  std::ofstream(files.private_key) << "half written";
  fs::last_write_time(files.private_key, later);
  auto half = *tls;
  EXPECT_EQ(half.look_again(), first);

  const TlsFiles renewed = make("second");
  fs::rename(renewed.certificate_chain, files.certificate_chain);
  fs::rename(renewed.private_key, files.private_key);
  fs::last_write_time(files.private_key, later + std::chrono::hours(1));
  EXPECT_NE(half.look_again(), first);
}

}  // namespace
}  // namespace visionops::http
