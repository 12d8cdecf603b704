// What a request may be made of: at each limit it is taken, one byte beyond it is refused, and nothing piles up
// meanwhile.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "operator/http/limits.h"
#include "tests/unit/http/raw_client.h"

namespace visionops::http {
namespace {

const std::string kChunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

/// Bytes that this process has in memory.
std::size_t resident() {
  std::size_t total = 0;
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> total >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

int answer_to(const std::string& text, ListenerOptions options = {}) {
  const auto listener = listen(std::move(options));
  const RawClient client(listener->url());
  client.send(text);
  return client.status();
}

std::string head_of(std::size_t bytes) {
  const std::string start = "GET / HTTP/1.1\r\nHost: x\r\nX: ";
  return start + std::string(bytes - start.size() - 4, 'x') + "\r\n\r\n";
}

std::string headers(std::size_t count) {
  std::string out = "GET / HTTP/1.1\r\n";
  for (std::size_t i = 0; i < count; ++i) out += "a:\r\n";
  return out + "\r\n";
}

/// One chunk whose size line has that many bytes, in all with its extension.
std::string chunk_line_of(std::size_t bytes) { return kChunked + "1;a=" + std::string(bytes - 6, 'x') + "\r\n"; }

TEST(RequestBounds, AHeadIsTakenUpToItsLimit) {
  EXPECT_EQ(answer_to(head_of(kMaxHead)), 200);
  EXPECT_EQ(answer_to(head_of(kMaxHead + 1)), 431);
  EXPECT_EQ(answer_to(headers(kMaxHeaders)), 200);
  EXPECT_EQ(answer_to(headers(kMaxHeaders + 1)), 431);
}

TEST(RequestBounds, ABodyIsTakenUpToItsLimit) {
  const auto sized = [](std::size_t bytes) {
    return "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(bytes) + "\r\n\r\n" +
           std::string(bytes, 'x');
  };
  EXPECT_EQ(answer_to(sized(64 * 1024)), 200);
  EXPECT_EQ(answer_to(sized(64 * 1024 + 1)), 413);
  EXPECT_EQ(answer_to(kChunked + "10000\r\n" + std::string(65536, 'x') + "\r\n0\r\n\r\n"), 200);
  EXPECT_EQ(answer_to(kChunked + "10001\r\n" + std::string(65537, 'x') + "\r\n0\r\n\r\n"), 413);
}

TEST(RequestBounds, ASizeLineIsTakenUpToItsLimit) {
  EXPECT_EQ(answer_to(chunk_line_of(kMaxBuffered - 1024) + "x\r\n0\r\n\r\n"), 200);
  EXPECT_EQ(answer_to(chunk_line_of(kMaxBuffered + 1) + "x\r\n0\r\n\r\n"), 413);
}

TEST(RequestBounds, TrailersAreTakenUpToTheirLimit) {
  const auto trailers = [](std::size_t bytes) {
    return kChunked + "1\r\nx\r\n0\r\nT: " + std::string(bytes - 5, 'x') + "\r\n\r\n";
  };
  EXPECT_EQ(answer_to(trailers(4000)), 200);
  EXPECT_EQ(answer_to(trailers(kMaxBuffered + 1)), 413);
  std::string many = kChunked + "0\r\n";
  for (std::size_t i = 0; i < kMaxBuffered / 4; ++i) many += "a:\r\n";
  EXPECT_EQ(answer_to(many + "\r\n"), 413);
}

TEST(RequestBounds, WhatStandsAroundTheContentIsBoundedInAll) {
  std::string small = kChunked;
  for (int i = 0; i < 1000; ++i) small += "1\r\nx\r\n";
  EXPECT_EQ(answer_to(small + "0\r\n\r\n"), 200);
  std::string wordy = kChunked;
  for (int i = 0; i < 70; ++i) wordy += "1;a=" + std::string(1000, 'x') + "\r\nx\r\n";
  EXPECT_EQ(answer_to(wordy + "0\r\n\r\n"), 413);
}

TEST(RequestBounds, SizesThatOverflowAreRefused) {
  for (const char* length : {"18446744073709551616", "99999999999999999999", "-1", "0x10", "1,2", ""}) {
    EXPECT_EQ(answer_to("POST / HTTP/1.1\r\nContent-Length: " + std::string(length) + "\r\n\r\n"), 400) << length;
  }
  EXPECT_EQ(answer_to("POST / HTTP/1.1\r\nContent-Length: 18446744073709551615\r\n\r\n"), 413);
  EXPECT_EQ(answer_to(kChunked + "ffffffffffffffff\r\n"), 413);
  EXPECT_EQ(answer_to(kChunked + "10000000000000001\r\n"), 400);
  EXPECT_EQ(answer_to(kChunked + "-1\r\n"), 400);
}

TEST(RequestBounds, AListenerThatTakesNoBodyTakesNoneInChunks) {
  ListenerOptions options;
  options.max_body = 0;
  EXPECT_EQ(answer_to(kChunked + "1\r\nx\r\n0\r\n\r\n", options), 413);
  EXPECT_EQ(answer_to(chunk_line_of(kMaxBuffered + 1), options), 413);
}

TEST(RequestBounds, NothingEndlessIsKept) {
  const auto listener = listen();
  const std::string block(64 * 1024, 'x');
  const std::string starts[] = {"GET /",
                                "GET / HTTP/1.1\r\nX: ",
                                kChunked + "1;",
                                kChunked + "1;a=\"",
                                kChunked + "0;",
                                kChunked + "1\r\nx\r\n1;",
                                kChunked + "0\r\nT: ",
                                kChunked + "0000",
                                "GET / HTTP/1.1\r\nHost: x\r\n\r\n" + kChunked + "1;"};
  const std::size_t before = resident();
  for (const auto& start : starts) {
    const RawClient client(listener->url(), "127.0.0.1", 2);
    client.send(start);
    std::size_t taken = 0;
    while (taken < (std::size_t{64} << 20U) && client.send(block)) taken += block.size();
    EXPECT_LT(taken, std::size_t{32} << 20U) << "the connection must end: " << start;
  }
  EXPECT_LT(resident(), before + (std::size_t{8} << 20U));
}

TEST(RequestBounds, ASenderThatTricklesHasOneDeadlineForTheWholeRequest) {
  ListenerOptions options;
  options.patience = Duration{300};
  const auto listener = listen(std::move(options));
  for (const std::string& start : {std::string("GET /"), kChunked + "1;a=", kChunked + "0\r\nT: "}) {
    const RawClient client(listener->url());
    client.send(start);
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 60 && client.send("x"); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(1500)) << start;
  }
}

TEST(RequestBounds, ASenderThatTricklesAfterItsRefusalIsCut) {
  const auto listener = listen();
  const RawClient client(listener->url());
  client.send("nonsense\r\n\r\n");
  EXPECT_EQ(client.status(), 400);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 60 && client.send("x"); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(3000));
}

TEST(RequestBounds, RequestsSentAheadAreAnsweredInTheirOrder) {
  const auto listener = listen();
  const RawClient client(listener->url());
  std::string ahead;
  for (int i = 0; i < 200; ++i) ahead += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  client.send(ahead);
  for (int i = 0; i < 200; ++i) {
    const std::string path = "/" + std::to_string(i) + "  ";
    EXPECT_TRUE(client.read_until("GET " + path).ends_with("GET " + path)) << path;
  }
}

}  // namespace
}  // namespace visionops::http
