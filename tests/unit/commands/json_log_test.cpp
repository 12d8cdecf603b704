#include "operator/assembly/json_log.h"

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "base/json.h"

namespace visionops::commands {
namespace {

TEST(JsonLog, WritesOneObjectALineWhateverTheMessageHolds) {
  ::testing::internal::CaptureStderr();
  const auto log = operator_log({api::LogLevel::Info, api::LogFormat::JSON});
  const std::string nasty = "a \"quote\", a \\, a\nline, \x01 and \xff";
  log->warn("{}", nasty);
  log->debug("below the level");
  log->flush();
  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
  const auto line = parse_json(text);
  ASSERT_TRUE(line) << text;
  EXPECT_EQ((*line)["level"], "warning");
  EXPECT_EQ((*line)["message"], "a \"quote\", a \\, a\nline, \x01 and \xEF\xBF\xBD");
  EXPECT_TRUE((*line)["time"].get<std::string>().ends_with("Z"));
}

}  // namespace
}  // namespace visionops::commands
