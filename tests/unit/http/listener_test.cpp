#include "operator/http/listener.h"

#include <gtest/gtest.h>

#include <mutex>
#include <thread>
#include <vector>

#include "tests/unit/http/raw_client.h"

namespace visionops::http {
namespace {

TEST(Listener, GivesTheHandlerMethodPathAuthorizationAndBody) {
  const auto listener = listen();
  const RawClient client(listener->url());
  client.send("POST /a/b?c=d HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r\nContent-Length: 2\r\n\r\nhi");
  const std::string reply = client.read_until("hi");
  EXPECT_TRUE(reply.starts_with("HTTP/1.1 200 OK\r\n")) << reply;
  EXPECT_TRUE(reply.ends_with("\r\n\r\nPOST /a/b Bearer t hi")) << reply;
}

TEST(Listener, AnswersManyRequestsOnOneConnection) {
  const auto listener = listen();
  const RawClient client(listener->url());
  for (const std::string path : {"/one", "/two", "/three"}) {
    client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_NE(client.read_until("GET " + path + "  ").find(path), std::string::npos);
  }
}

TEST(Listener, ClosesAfterTheAnswerWhenTheClientAsksForIt) {
  const auto listener = listen();
  const RawClient client(listener->url());
  client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_NE(client.read_all().find("200 OK"), std::string::npos);
}

TEST(Listener, TellsAClientThatWaitsForPermissionToGoOn) {
  const auto listener = listen();
  const RawClient client(listener->url());
  client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 100 Continue"));
  client.send("abc");
  EXPECT_NE(client.read_until("abc").find("200 OK"), std::string::npos);
}

TEST(Listener, RefusesWhatIsTooLargeOrNotHttp) {
  std::vector<int> refused;
  std::mutex mutex;
  ListenerOptions options;
  options.max_body = 100;
  options.refused = [&](int status) {
    const std::lock_guard lock(mutex);
    refused.push_back(status);
  };
  auto listener = listen(std::move(options));
  const std::pair<std::string, const char*> cases[] = {
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n", "413"},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n80\r\n" + std::string(128, 'x') + "\r\n",
       "413"},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", "400"},
      {"\x16\x03\x01 this is a TLS client\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nX: " + std::string(9000, 'x') + "\r\n\r\n", "431"},
  };
  for (const auto& [text, status] : cases) {
    const RawClient client(listener->url());
    client.send(text);
    EXPECT_EQ(client.read_all().substr(9, 3), status);
  }
  listener.reset();
  EXPECT_EQ(refused, (std::vector<int>{413, 413, 400, 400, 431}));
}

TEST(Listener, CutsAClientThatNeverFinishesItsRequest) {
  ListenerOptions options;
  options.patience = Duration{50};
  const auto listener = listen(std::move(options));
  const RawClient slow(listener->url());
  slow.send("POST / HTTP/1.1\r\nContent-Le");
  EXPECT_EQ(slow.read_all(), "");
}

TEST(Listener, LetsAnotherClientInWhenOneOfTheAllowedConnectionsEnds) {
  ListenerOptions options;
  options.max_connections = 1;
  const auto listener = listen(std::move(options));
  auto first = std::make_unique<RawClient>(listener->url());
  first->send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(first->read_until("/1  ").find("200"), std::string::npos);
  const RawClient second(listener->url());
  second.send("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
  first.reset();
  EXPECT_NE(second.read_until("/2  ").find("200"), std::string::npos);
}

TEST(Listener, TakesAnswersFromOtherThreadsAndAfterItsEnd) {
  std::vector<Respond> kept;
  std::mutex mutex;
  auto listener = listen({}, [&](const Request&, Respond respond) {
    const std::lock_guard lock(mutex);
    kept.push_back(std::move(respond));
  });
  const auto take = [&]() -> Respond {
    while (true) {
      const std::lock_guard lock(mutex);
      if (kept.empty()) continue;
      auto out = std::move(kept.back());
      kept.pop_back();
      return out;
    }
  };
  const RawClient client(listener->url());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto respond = take();
  respond({204});
  respond({500});
  EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 204 "));
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto late = take();
  listener.reset();
  late({204});
  EXPECT_EQ(client.read_all(), "");
}

TEST(Listener, AnswersFiveHundredWhenTheHandlerThrows) {
  const auto listener = listen({}, [](const Request&, const Respond&) { throw std::runtime_error("secret"); });
  const RawClient client(listener->url());
  client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string reply = client.read_all();
  EXPECT_TRUE(reply.starts_with("HTTP/1.1 500")) << reply;
  EXPECT_EQ(reply.find("secret"), std::string::npos);
}

TEST(Listener, CanBeClosedWhileClientsComeAndGo) {
  for (int round = 0; round < 20; ++round) {
    auto listener = listen();
    std::vector<std::jthread> clients;
    for (int c = 0; c < 3; ++c) {
      clients.emplace_back([url = listener->url()](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
          const RawClient client(url);
          if (!client.connected()) return;
          client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
          (void)client.read_until("\r\n\r\n");
        }
      });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    listener.reset();
  }
}

TEST(Listener, SaysWhatIsWrongWithAnAddress) {
  const auto none = Listener::start({.host = "localhost:80"}, echo);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().cls, ErrorClass::Invalid);
  const auto first = listen();
  const auto port = static_cast<std::uint16_t>(std::stoi(first->url().substr(first->url().rfind(':') + 1)));
  const auto second = Listener::start({.port = port}, echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().cls, ErrorClass::Retry);
  EXPECT_NE(second.error().message.find("127.0.0.1:" + std::to_string(port)), std::string::npos);
}

}  // namespace
}  // namespace visionops::http
