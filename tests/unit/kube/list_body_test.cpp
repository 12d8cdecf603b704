#include "operator/kube/codec/list_body.h"

#include <gtest/gtest.h>

#include <protozero/pbf_writer.hpp>
#include <vector>

namespace visionops::kube {
namespace {

struct Taken {
  std::vector<std::string> items;
  std::string end;  ///< the version, or what is wrong
};

/// `bytes` as they come when each read brings `step` of them.
template <class Body>
Taken taken(const std::string& bytes, std::size_t step) {
  Body body;
  Taken out;
  std::string unread;
  const auto keep = [&](std::string_view item) -> Status {
    out.items.emplace_back(item);
    return {};
  };
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    unread += bytes.substr(at, step);
    if (const auto how = body.take(unread, keep); !how) {
      out.end = how.error().message;
      return out;
    }
  }
  const auto version = body.version();
  out.end = version ? *version : version.error().message;
  return out;
}

const std::string kIncomplete = "the list ended before it was complete";
const std::string kNoList = "the reply is no list of objects";

TEST(JsonListBody, GivesItsItemsHoweverItComes) {
  const std::vector<std::string> items{R"({"a":"}]\"{"})", R"({"items":[{"b":[1,{}]}]})", "{}"};
  const std::string list = R"({ "kind":"\"items\":[", "metadata" : {"resourceVersion":"7","x":[1]}, "items" : [ )" +
                           items[0] + "," + items[1] + ",\n" + items[2] + R"( ] , "more":[[]]})" + "\n";
  for (std::size_t step = 1; step <= list.size(); ++step) {
    const auto got = taken<JsonListBody>(list, step);
    ASSERT_EQ(got.items, items) << step;
    ASSERT_EQ(got.end, "7") << step;
  }
}

TEST(JsonListBody, MayTellItsVersionBehindItsItems) {
  const auto got = taken<JsonListBody>(R"({"items":[{"a":1}],"metadata":{"resourceVersion":"7"}})", 5);
  EXPECT_EQ(got.items, std::vector<std::string>{R"({"a":1})"});
  EXPECT_EQ(got.end, "7");
}

TEST(JsonListBody, EveryBeginningOfOneIsIncomplete) {
  const std::string list = R"({"metadata":{"resourceVersion":"7"},"items":[{"a":1},{"b":2}]})";
  for (std::size_t size = 0; size < list.size(); ++size) {
    EXPECT_EQ(taken<JsonListBody>(list.substr(0, size), 4).end, kIncomplete) << size;
  }
}

TEST(JsonListBody, WhatIsNoListIsRefused) {
  EXPECT_EQ(taken<JsonListBody>(R"({"kind":"Dataset"})", 100).end, kNoList);
  EXPECT_EQ(taken<JsonListBody>(R"({"items":[1]})", 100).end, kNoList);
  EXPECT_EQ(taken<JsonListBody>(R"({"items":7})", 100).end, kNoList);
  EXPECT_EQ(taken<JsonListBody>(R"([{"items":[]}])", 100).end, kNoList);
  EXPECT_EQ(taken<JsonListBody>("}}", 100).end, kNoList);
  EXPECT_EQ(taken<JsonListBody>("<html>", 100).end, kNoList);
  EXPECT_EQ(taken<JsonListBody>(R"({"x":")" + std::string(70'000, 'x'), 1000).end, kNoList);
  EXPECT_EQ(taken<JsonListBody>(R"({"items":[{"x":")" + std::string(kMostOfObject, 'x'), 1 << 20).end,
            "an object of more than 16 MiB");
}

std::string proto_list(const std::vector<std::string>& items) {
  std::string list;
  {
    protozero::pbf_writer writer(list);
    protozero::pbf_writer(writer, 1).add_string(2, "7");
    for (const auto& item : items) writer.add_message(2, item);
  }
  std::string out("k8s\0", 4);
  protozero::pbf_writer envelope(out);
  protozero::pbf_writer(envelope, 1).add_string(2, "PodList");
  envelope.add_message(2, list);
  envelope.add_string(3, "");
  envelope.add_string(4, "");
  return out;
}

TEST(ProtoListBody, GivesItsItemsHoweverItComes) {
  const std::vector<std::string> items{"first", "", std::string(300, 'x')};
  const std::string list = proto_list(items);
  for (std::size_t step = 1; step <= list.size(); ++step) {
    const auto got = taken<ProtoListBody>(list, step);
    ASSERT_EQ(got.items, items) << step;
    ASSERT_EQ(got.end, "7") << step;
  }
  EXPECT_EQ(taken<ProtoListBody>(proto_list({}), 3).end, "7");
}

TEST(ProtoListBody, OneThatIsCutOffInsideOfTheListIsIncomplete) {
  const std::string list = proto_list({"first", "second"});
  for (std::size_t size = 0; size + 4 < list.size(); ++size) {
    EXPECT_EQ(taken<ProtoListBody>(list.substr(0, size), 4).end, kIncomplete) << size;
  }
}

TEST(ProtoListBody, ChangedBytesNeverThrow) {
  const std::string list = proto_list({"first", "second"});
  for (std::size_t at = 0; at < list.size(); ++at) {
    for (const unsigned flip : {0x01U, 0x07U, 0x80U, 0xffU}) {
      std::string changed = list;
      changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ flip);
      EXPECT_LE(taken<ProtoListBody>(changed, 7).items.size(), list.size());
    }
  }
}

}  // namespace
}  // namespace visionops::kube
