// -o jsonpath as kubectl has it.
#include "operator/present/json_path.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace visionops::commands {
namespace {

std::string ask(const std::string& path) {
  static const Json document = Json::parse(R"({
    "metadata": {"name": "a", "annotations": {"visionops.dev/rerun": "now"}},
    "status": {"phase": "Running", "epoch": 3, "conditions": [
      {"type": "Ready", "status": "False"}, {"type": "Complete", "status": "True"}]},
    "items": [{"metadata": {"name": "x"}, "n": 1}, {"metadata": {"name": "y"}, "n": 2}, {"metadata": {"name": "z"}, "n": 3}]
  })");
  const auto parsed = JsonPath::parse(path);
  return parsed ? parsed->print(document) : "refused: " + parsed.error().message;
}

TEST(JsonPath, FindsWhatKubectlFinds) {
  EXPECT_EQ(ask("{.status.phase}"), "Running");
  EXPECT_EQ(ask(".status.phase"), "Running");
  EXPECT_EQ(ask("{$.status.epoch}"), "3");
  EXPECT_EQ(ask("{.items[*].metadata.name}"), "x y z");
  EXPECT_EQ(ask("{.items[1].metadata.name}{.items[-1].n}"), "y3");
  EXPECT_EQ(ask("{.items[0:2].n}"), "1 2");
  EXPECT_EQ(ask("{.status.conditions[?(@.type==\"Ready\")].status}"), "False");
  EXPECT_EQ(ask("{.items[?(@.n>1)].metadata['name']}"), "y z");
  EXPECT_EQ(ask("{..name}"), "x y z a");
  EXPECT_EQ(ask("{.metadata.annotations.visionops\\.dev/rerun}"), "now");
  EXPECT_EQ(ask("{range .items[*]}{.metadata.name}{\"\\t\"}{.n}{\"\\n\"}{end}"), "x\t1\ny\t2\nz\t3\n");
  EXPECT_EQ(ask("phase: {.status.phase}!"), "phase: Running!");
  EXPECT_EQ(ask("{.metadata}"), R"({"annotations":{"visionops.dev/rerun":"now"},"name":"a"})");
  EXPECT_EQ(ask("{.nothing.here}"), "");
}

TEST(JsonPath, SaysWhereItDoesNotUnderstand) {
  for (const char* path :
       {"{.items[}", "{.items[x]}", "{.a", "{range .items[*]}{.n}", "{end}", "{\"open}", "{.a[?(@.b==)]}"})
    EXPECT_TRUE(ask(path).starts_with("refused: jsonpath: ")) << path << " gave " << ask(path);
}

}  // namespace
}  // namespace visionops::commands
