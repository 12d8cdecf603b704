#include "worker/contract/telemetry.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/json.h"

namespace visionops::contract {
namespace {

const TimePoint kNow = *parse_time("2026-11-21T02:34:40.123Z");

ResourceSample sample(double cpu_seconds) {
  ResourceSample out;
  out.at = kNow;
  out.cpu_seconds = cpu_seconds;
  out.memory_bytes = 4096;
  return out;
}

TelemetryMessage message() {
  TelemetryMessage out;
  out.owner = {"TrainingJob", "default", "digits", "uid", 1, 1};
  out.pod = "digits-r1-a1-0";
  out.sequence = 12;
  out.sent_at = kNow;
  out.progress = Progress{"Training", 3, 10, 2, 30};
  out.metrics.push_back({"train/loss", 0.25, 40, 2, kNow});
  out.checkpoints.push_back({"run/epoch-0002.pt", std::string(64, 'a'), 1024, 2});
  out.samples.push_back(sample(1.5));
  out.events = {"resumed from epoch 1"};
  return out;
}

TEST(TelemetryLine, ReadsWhatItWritesWithMilliseconds) {
  TelemetryLine line;
  line.at = kNow;
  line.metric = MetricPoint{"map50", 0.953, 400, 17, kNow};
  const std::string text = encode(line);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const auto back = decode_telemetry_line(text);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->at, kNow);
  EXPECT_EQ(back->metric->value, 0.953);
  EXPECT_EQ(back->metric->at, kNow);
}

TEST(TelemetryLine, TurnsAMetricThatIsNoNumberIntoAnEvent) {
  TelemetryLine line;
  line.metric = MetricPoint{"loss", std::nan(""), 41, 3, kNow};
  auto back = decode_telemetry_line(encode(line));
  ASSERT_TRUE(back);
  EXPECT_FALSE(back->metric);
  EXPECT_EQ(back->event, "metric loss is NaN at step 41, epoch 3");
  line.metric->value = -INFINITY;
  back = decode_telemetry_line(encode(line));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->event, "metric loss is -infinity at step 41, epoch 3");
}

TEST(TelemetryLine, CutsALongEvent) {
  TelemetryLine line;
  line.event = std::string(5000, 'e');
  const auto back = decode_telemetry_line(encode(line));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->event.size(), 1024U);
}

TEST(TelemetryMessage, HasAtMost64Events) {
  TelemetryMessage message;
  message.owner = {"TrainingJob", "default", "detector", "uid", 1, 1};
  message.pod = "pod-0";
  for (const std::size_t events : {64U, 65U}) {
    message.events.assign(events, "e");
    Problems problems;
    const auto back = decode_telemetry_message(encode(message), problems);
    ASSERT_TRUE(back) << describe(problems);
    EXPECT_EQ(back->events.size(), 64U);
  }
}

TEST(TelemetryLine, IsUntrusted) {
  for (const char* text :
       {"", "{", "[]", "{}", "null", R"({"metric":{"name":"a","value":1},"event":"two at once"})",
        R"({"metric":{"name":"a","value":NaN}})", R"({"metric":{"name":"a","value":1e999}})",
        R"({"metric":{"name":"a","value":"1"}})", R"({"metric":{"name":"","value":1}})",
        R"({"metric":{"name":"a b","value":1}})", R"({"metric":{"value":1}})",
        R"({"checkpoint":{"file":"../../etc/passwd"}})", R"({"checkpoint":{"file":"/abs.pt"}})",
        R"({"checkpoint":{"file":".hidden"}})", R"({"checkpoint":{"file":""}})", R"({"progress":{"done":-1}})",
        R"({"progress":{"done":99999999999999999999}})", R"({"event":"x","at":"yesterday"})"}) {
    EXPECT_FALSE(decode_telemetry_line(text)) << text;
  }
  EXPECT_FALSE(decode_telemetry_line(R"({"metric":{"value":1,"name":")" + std::string(65, 'm') + "\"}}"));
  EXPECT_FALSE(decode_telemetry_line(R"({"event":")" + std::string(kMaxTelemetryLine, 'e') + "\"}"));
  EXPECT_FALSE(decode_telemetry_line(std::string(10000, '[')));
}

TEST(TelemetryMessage, ReadsWhatItWrites) {
  Problems problems;
  const std::string text = encode(message());
  const auto back = decode_telemetry_message(text, problems);
  ASSERT_TRUE(back) << describe(problems);
  EXPECT_EQ(encode(*back), text);
  EXPECT_EQ(back->sent_at, kNow);
  EXPECT_EQ(back->samples.at(0).gpu_index, -1);
}

TEST(TelemetryMessage, IgnoresMembersOfANewerSidecar) {
  Json json = Json::parse(encode(message()));
  json["newer"] = 1;
  json["samples"][0]["newer"] = {1, 2};
  Problems problems;
  EXPECT_TRUE(decode_telemetry_message(json.dump(), problems)) << describe(problems);
}

TEST(TelemetryMessage, TellsValuesThatAreNoNumbersAsEvents) {
  auto sent = message();
  sent.metrics.push_back({"loss", INFINITY, 1, 1, kNow});
  sent.samples.push_back(sample(std::nan("")));
  Problems problems;
  const auto back = decode_telemetry_message(encode(sent), problems);
  ASSERT_TRUE(back) << describe(problems);
  EXPECT_EQ(back->metrics.size(), 1U);
  EXPECT_EQ(back->samples.size(), 1U);
  EXPECT_EQ(back->events.back(), "metric loss is +infinity at step 1, epoch 1");
}

TEST(TelemetryMessage, RefusesWhatIsTooLargeAndSaysWhy) {
  auto sent = message();
  sent.events.assign(64, std::string(1024, 'e'));
  Problems problems;
  EXPECT_FALSE(decode_telemetry_message(encode(sent), problems));
  EXPECT_EQ(describe(problems), ": is larger than 65536 bytes");

  sent = message();
  sent.metrics.clear();
  for (std::size_t i = 0; i <= kMaxMetricNames; ++i) sent.metrics.push_back({"m" + std::to_string(i), 1, 1, 1, kNow});
  problems.clear();
  EXPECT_FALSE(decode_telemetry_message(encode(sent), problems));
  EXPECT_EQ(describe(problems), "metrics: has more than 64 names");

  problems.clear();
  EXPECT_FALSE(decode_telemetry_message(R"({"pod":"p"})", problems));
  EXPECT_EQ(describe(problems), "owner: is required");
}

TEST(TelemetryMessage, NeverHoldsMoreEventsThanAreAccepted) {
  auto sent = message();
  sent.metrics.assign(200, {"loss", std::nan(""), 1, 1, kNow});
  Problems problems;
  EXPECT_TRUE(decode_telemetry_message(encode(sent), problems)) << describe(problems);
}

TEST(MetricName, IsThatOfTheFrameworkAsFarAsItMayTravel) {
  EXPECT_EQ(metric_name("metrics/mAP50-95(B)"), "metrics/mAP50-95(B)");
  EXPECT_EQ(metric_name("val loss %"), "val_loss__");
  EXPECT_EQ(metric_name("/loss"), "_loss");
  EXPECT_EQ(metric_name(std::string(100, 'a')), std::string(64, 'a'));
  for (const char* name : {"metrics/mAP50-95(B)", "(x", "\xff\xfe", "a b"}) {
    TelemetryLine line;
    line.metric = MetricPoint{metric_name(name), 1, 0, 1, {}};
    EXPECT_TRUE(decode_telemetry_line(encode(line))) << name;
  }
}

}  // namespace
}  // namespace visionops::contract
