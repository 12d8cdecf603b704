#include "operator/kube/codec/event_frames.h"

#include <gtest/gtest.h>

#include <vector>

namespace visionops::kube {
namespace {

std::string framed(const std::string& event) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(event.size() >> static_cast<unsigned>(shift));
  return out + event;
}

/// `bytes` as they come when each read brings `step` of them.
std::vector<std::string> events_in(const std::string& bytes, Encoding encoding, std::size_t step) {
  std::string unread;
  std::vector<std::string> out;
  const auto keep = [&](const std::string& event) {
    out.push_back(event);
    return true;
  };
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    unread += bytes.substr(at, step);
    const auto more = take_events(unread, encoding, at + step >= bytes.size(), keep);
    if (!more) out.push_back(more.error().message);
  }
  return out;
}

TEST(EventFrames, AreTheSameHoweverTheBytesCome) {
  const std::vector<std::string> events{"first", std::string(300, 'x'), "a\nb"};
  std::string bytes;
  for (const auto& event : events) bytes += framed(event);
  for (const std::size_t step : {std::size_t{1}, std::size_t{3}, std::size_t{4}, std::size_t{100}, bytes.size()}) {
    EXPECT_EQ(events_in(bytes, Encoding::Protobuf, step), events) << step;
    EXPECT_EQ(events_in("{}\n\n[1]", Encoding::Json, step), (std::vector<std::string>{"{}", "[1]"})) << step;
  }
}

TEST(EventFrames, OneThatIsCutOffIsTold) {
  EXPECT_EQ(events_in(framed("whole") + framed("cut off").substr(0, 6), Encoding::Protobuf, 100),
            (std::vector<std::string>{"whole", "the stream ended inside of an event"}));
}

TEST(EventFrames, AnEndlessOneIsRefusedBeforeItIsRead) {
  EXPECT_EQ(events_in(std::string("\xff\xff\xff\xff", 4), Encoding::Protobuf, 4),
            (std::vector<std::string>{"an event of more than 16 MiB"}));
  EXPECT_EQ(events_in(std::string(kMostOfObject + 5, 'x') + "\n", Encoding::Json, kMostOfObject + 5).front(),
            "an event of more than 16 MiB");
}

TEST(EventFrames, NothingIsGivenToWhoHasEnough) {
  std::string unread = framed("a") + framed("b");
  int given = 0;
  const auto more = take_events(unread, Encoding::Protobuf, false, [&](const std::string&) { return ++given < 1; });
  ASSERT_TRUE(more.ok());
  EXPECT_FALSE(*more);
  EXPECT_EQ(given, 1);
}

TEST(EventFrames, WhatIsNotProtobufIsReadAsLines) {
  EXPECT_EQ(encoding_of("application/vnd.kubernetes.protobuf;stream=watch"), Encoding::Protobuf);
  EXPECT_EQ(encoding_of("application/json"), Encoding::Json);
  EXPECT_EQ(encoding_of(""), Encoding::Json);
}

}  // namespace
}  // namespace visionops::kube
