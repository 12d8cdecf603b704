#include "worker/sidecar/sender.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "tests/unit/sidecar/folder.h"
#include "worker/sidecar/http_reply.h"

namespace visionops::sidecar {
namespace {

TEST(Endpoint, TakesTheUrlsOfTheContract) {
  const auto local = parse_endpoint("http://127.0.0.1:41234/telemetry");
  ASSERT_TRUE(local.ok());
  EXPECT_EQ(*local, (Endpoint{false, "127.0.0.1", "41234", "/telemetry", "127.0.0.1:41234"}));
  const auto cluster = parse_endpoint("https://visionops.system.svc/telemetry?v=1");
  ASSERT_TRUE(cluster.ok());
  EXPECT_EQ(*cluster, (Endpoint{true, "visionops.system.svc", "443", "/telemetry?v=1", "visionops.system.svc"}));
  const auto six = parse_endpoint("http://[::1]:80");
  ASSERT_TRUE(six.ok());
  EXPECT_EQ(six->host, "::1");
  EXPECT_EQ(six->target, "/");
}

TEST(Endpoint, RefusesWhatIsNoPlainAddress) {
  for (const char* url : {"", "ftp://x/", "http://", "http:///x", "http://user@host/", "http://host:/",
                          "http://host:12ab/", "http://host/\r\nX: y", "http://ho st/", "http://host/#part"}) {
    EXPECT_FALSE(parse_endpoint(url).ok()) << url;
  }
}

TEST(HttpReply, ReadsTheFewHeadersThatMatter) {
  const auto reply = parse_reply_head("HTTP/1.1 429 Too Many\r\ncontent-LENGTH:  12\r\nRetry-After: 7\r\n\r\n");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 429);
  EXPECT_EQ(reply->body_length, 12U);
  EXPECT_EQ(reply->retry_after, std::chrono::seconds(7));
  EXPECT_FALSE(reply->close);
  EXPECT_TRUE(parse_reply_head("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")->close);
  EXPECT_TRUE(parse_reply_head("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")->close);
  EXPECT_TRUE(parse_reply_head("HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n")->close);
  EXPECT_EQ(parse_reply_head("HTTP/1.1 204 No Content\r\n\r\n")->body_length, 0U);
  EXPECT_EQ(parse_reply_head("HTTP/1.1 503 x\r\nRetry-After: 999999\r\n\r\n")->retry_after, std::chrono::minutes(5));
  for (const char* bad :
       {"", "HTTP/2 200", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 999 x\r\n\r\n"}) {
    EXPECT_FALSE(parse_reply_head(bad)) << bad;
  }
}

/// A server that answers with given texts, one per request; an empty text closes the connection instead.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<std::string> answers, SSL_CTX* tls = nullptr)
      : answers_(std::move(answers)), tls_(tls) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this] { serve(); });
  }
  ~ScriptedServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  [[nodiscard]] std::string url(const std::string& scheme = "http") const {
    return scheme + "://127.0.0.1:" + std::to_string(port_) + "/telemetry";
  }
  std::vector<std::string> requests;  // read after the server is gone, or after post() returned
  int connections = 0;

 private:
  void serve() {
    while (!answers_.empty()) {
      const int client = ::accept(listener_, nullptr, nullptr);
      if (client < 0) return;
      ++connections;
      std::unique_ptr<SSL, decltype(&SSL_free)> session(tls_ != nullptr ? SSL_new(tls_) : nullptr, &SSL_free);
      if (session) {
        SSL_set_fd(session.get(), client);
        if (SSL_accept(session.get()) != 1) {
          ::close(client);
          continue;
        }
      }
      const auto get = [&](char* to, int size) {
        return session ? SSL_read(session.get(), to, size)
                       : static_cast<int>(::recv(client, to, static_cast<std::size_t>(size), 0));
      };
      const auto put = [&](const std::string& text) {
        if (session) {
          SSL_write(session.get(), text.data(), static_cast<int>(text.size()));
        } else {
          (void)::send(client, text.data(), text.size(), MSG_NOSIGNAL);
        }
      };
      converse(get, put);
      ::close(client);
    }
  }
  void converse(const std::function<int(char*, int)>& get, const std::function<void(const std::string&)>& put) {
    while (!answers_.empty()) {
      std::string request;
      std::array<char, 4096> buffer;
      while (!complete(request)) {
        const int got = get(buffer.data(), static_cast<int>(buffer.size()));
        if (got <= 0) return;
        request.append(buffer.data(), static_cast<std::size_t>(got));
      }
      requests.push_back(request);
      const std::string answer = answers_.front();
      answers_.erase(answers_.begin());
      if (answer.empty()) return;
      put(answer);
      if (answer.find("Connection: close") != std::string::npos) return;
    }
  }
  static bool complete(const std::string& request) {
    const auto end = request.find("\r\n\r\n");
    const auto length = request.find("Content-Length: ");
    return end != std::string::npos && length != std::string::npos &&
           request.size() >= end + 4 + std::stoul(request.substr(length + 16));
  }

  std::vector<std::string> answers_;
  SSL_CTX* tls_;
  int listener_ = -1;
  int port_ = 0;
  std::jthread thread_;
};

constexpr const char* kTaken = "HTTP/1.1 204 No Content\r\n\r\n";
constexpr Duration kLimit{5'000};

TEST(Sender, PostsWithTheTokenOfTheMomentOverOneConnection) {
  Folder folder;
  const auto token = folder.path() / "token";
  write_file(token, "first\n");
  ScriptedServer server({kTaken, kTaken});
  Sender sender(*parse_endpoint(server.url()), token);
  EXPECT_EQ(sender.post("{\"a\":1}", kLimit).outcome, SendOutcome::Delivered);
  write_file(token, "second");
  EXPECT_EQ(sender.post("{}", kLimit).outcome, SendOutcome::Delivered);
  EXPECT_EQ(server.connections, 1);
  ASSERT_EQ(server.requests.size(), 2U);
  EXPECT_TRUE(server.requests[0].starts_with("POST /telemetry HTTP/1.1\r\nHost: 127.0.0.1:"));
  EXPECT_NE(server.requests[0].find("Authorization: Bearer first\r\n"), std::string::npos);
  EXPECT_TRUE(server.requests[0].ends_with("\r\n\r\n{\"a\":1}"));
  EXPECT_NE(server.requests[1].find("Authorization: Bearer second\r\n"), std::string::npos);
}

TEST(Sender, ConnectsAgainWhenAnIdleConnectionWasClosed) {
  ScriptedServer server({kTaken, "", kTaken});
  Sender sender(*parse_endpoint(server.url()), "");
  EXPECT_EQ(sender.post("{}", kLimit).outcome, SendOutcome::Delivered);
  EXPECT_EQ(sender.post("{}", kLimit).outcome, SendOutcome::Delivered);
  EXPECT_EQ(server.connections, 2);
}

TEST(Sender, TellsRefusedFromTryAgain) {
  ScriptedServer server({"HTTP/1.1 403 Forbidden\r\nContent-Length: 12\r\n\r\nanother Pod\n",
                         "HTTP/1.1 429 x\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n",
                         "HTTP/1.1 401 x\r\nConnection: close\r\n\r\nold token",
                         "HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n"});
  Sender sender(*parse_endpoint(server.url()), "");
  auto result = sender.post("{}", kLimit);
  EXPECT_EQ(result.outcome, SendOutcome::Refused);
  EXPECT_EQ(result.reason, "HTTP 403: another Pod");
  result = sender.post("{}", kLimit);
  EXPECT_EQ(result.outcome, SendOutcome::TryAgain);
  EXPECT_EQ(result.retry_after, std::chrono::seconds(3));
  result = sender.post("{}", kLimit);
  EXPECT_EQ(result.outcome, SendOutcome::TryAgain);
  EXPECT_EQ(result.reason, "HTTP 401: old token");
  EXPECT_EQ(sender.post("{}", kLimit).outcome, SendOutcome::TryAgain);
}

TEST(Sender, GivesUpAtTheDeadline) {
  // The kernel completes connections to it, nobody ever answers.
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  Sender sender(*parse_endpoint("http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/telemetry"), "");
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(sender.post("{}", Duration{300}).outcome, SendOutcome::TryAgain);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(10));
  ::close(listener);
}

TEST(Sender, SaysThatNobodyListens) {
  Sender sender(*parse_endpoint("http://127.0.0.1:1/telemetry"), "");
  const auto result = sender.post("{}", kLimit);
  EXPECT_EQ(result.outcome, SendOutcome::TryAgain);
  EXPECT_NE(result.reason.find("Connection refused"), std::string::npos) << result.reason;
}

TEST(Sender, NeverPutsALineBreakOfTheTokenFileIntoTheRequest) {
  Folder folder;
  write_file(folder.path() / "token", "good\r\nX-Injected: yes");
  ScriptedServer server({kTaken});
  Sender sender(*parse_endpoint(server.url()), folder.path() / "token");
  (void)sender.post("{}", kLimit);
  EXPECT_EQ(server.requests.at(0).find("X-Injected"), std::string::npos);
}

/// A certificate of its own authority for 127.0.0.1.
class Identity {
 public:
  explicit Identity(const std::filesystem::path& file, const char* subject = "test")
      : key_(EVP_EC_gen("P-256"), &EVP_PKEY_free),
        certificate_(X509_new(), &X509_free),
        context_(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free) {
    X509* const x = certificate_.get();
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -60);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key_.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(subject), -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    X509_EXTENSION* const name = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(x, name, -1);
    X509_EXTENSION_free(name);
    X509_sign(x, key_.get(), EVP_sha256());
    SSL_CTX_use_certificate(context_.get(), x);
    SSL_CTX_use_PrivateKey(context_.get(), key_.get());
    FILE* const out = std::fopen(file.c_str(), "w");
    PEM_write_X509(out, x);
    std::fclose(out);
  }
  [[nodiscard]] SSL_CTX* context() const { return context_.get(); }

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::unique_ptr<X509, decltype(&X509_free)> certificate_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
};

TEST(Sender, SpeaksTlsOnlyWithAnAuthorityItKnows) {
  Folder folder;
  const Identity identity(folder.path() / "ca.pem");
  ::unsetenv("SSL_CERT_FILE");
  {
    ScriptedServer server({kTaken}, identity.context());
    Sender stranger(*parse_endpoint(server.url("https")), "");
    const auto result = stranger.post("{}", kLimit);
    EXPECT_EQ(result.outcome, SendOutcome::TryAgain);
    EXPECT_NE(result.reason.find("the certificate is refused"), std::string::npos) << result.reason;
    EXPECT_TRUE(server.requests.empty()) << "nothing is said to a stranger";
  }
  ::setenv("SSL_CERT_FILE", (folder.path() / "ca.pem").c_str(), 1);
  ScriptedServer server({kTaken, kTaken}, identity.context());
  Sender sender(*parse_endpoint(server.url("https")), "");
  const auto result = sender.post(std::string(60'000, 'x'), kLimit);
  EXPECT_EQ(result.outcome, SendOutcome::Delivered) << result.reason;
  EXPECT_EQ(sender.post("{}", kLimit).outcome, SendOutcome::Delivered);
  EXPECT_EQ(server.connections, 1);
  ::unsetenv("SSL_CERT_FILE");
}

TEST(Sender, TrustsTheAuthorityOfItsEndpointAndNoOther) {
  Folder folder;
  const Identity identity(folder.path() / "ca.pem");
  const Identity stranger(folder.path() / "stranger.pem", "stranger");
  ScriptedServer server({kTaken}, identity.context());
  auto endpoint = *parse_endpoint(server.url("https"));
  endpoint.ca_pem = read_file(folder.path() / "stranger.pem");
  EXPECT_EQ(Sender(endpoint, "").post("{}", kLimit).outcome, SendOutcome::TryAgain);
  endpoint.ca_pem = "no certificate";
  EXPECT_NE(Sender(endpoint, "").post("{}", kLimit).reason.find("no PEM certificate"), std::string::npos);
  endpoint.ca_pem = read_file(folder.path() / "stranger.pem") + read_file(folder.path() / "ca.pem");
  EXPECT_EQ(Sender(endpoint, "").post("{}", kLimit).outcome, SendOutcome::Delivered);
}

}  // namespace
}  // namespace visionops::sidecar
