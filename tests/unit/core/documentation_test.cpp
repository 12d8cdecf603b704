#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "operator/core/run/failure_policy.h"
#include "tests/unit/core/documented_reasons.h"

namespace visionops::core {
namespace {

std::string read(const std::string& path) {
  std::ifstream file(std::string(VISIONOPS_SOURCE_DIR "/") + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> words_in(const std::string& path) {
  const std::string text = read(path);
  const std::regex literal(R"re(= "([A-Z][A-Za-z]+)")re");
  std::vector<std::string> out;
  for (std::sregex_iterator it(text.begin(), text.end(), literal), end; it != end; ++it) out.push_back((*it)[1]);
  return out;
}

TEST(ConditionsPage, ExplainsEveryReasonOfTheCore) {
  const auto reasons = words_in("operator/core/reasons.h");
  ASSERT_GT(reasons.size(), 40u);
  for (const auto& reason : reasons) EXPECT_TRUE(documented_words().contains(reason)) << reason;
}

TEST(ConditionsPage, ExplainsEveryConditionType) {
  const auto types = words_in("operator/api/conditions.h");
  ASSERT_GE(types.size(), 14u);
  for (const auto& type : types) EXPECT_TRUE(documented_words().contains(type)) << type;
}

TEST(ConditionsPage, SaysOfEveryFailureClassHowItIsRetried) {
  const std::string page = read("docs/conditions.md");
  const auto expect_row = [&](const std::string& name, contract::RetryDecision retry) {
    using enum contract::RetryDecision;
    const char* word = retry == Never ? "never" : retry == Free ? "free" : retry == Later ? "later" : "counted";
    EXPECT_NE(page.find("| " + name + " | " + word + " |"), std::string::npos) << name << " should be " << word;
  };
  for (const auto& row : contract::kFailureMeanings) expect_row(std::string(row.name), row.retry);
}

}  // namespace
}  // namespace visionops::core
