#include "worker/contract/run_variables.h"

#include <gtest/gtest.h>

#include <map>

#include "base/readable_text.h"

namespace visionops::contract {
namespace {

std::string there_and_back(const std::string& text) {
  std::map<std::string, std::string> environment;
  for (auto& [name, value] : run_variables(text)) environment.emplace(name, value);
  return run_text([&](const char* name) {
    const auto it = environment.find(name);
    return it == environment.end() ? nullptr : it->second.c_str();
  });
}

TEST(RunVariables, AreOneForAUsualRun) {
  const auto variables = run_variables(R"({"a":1})");
  ASSERT_EQ(variables.size(), 1U);
  EXPECT_EQ(variables[0].first, "VISIONOPS_RUN");
  EXPECT_EQ(there_and_back(R"({"a":1})"), R"({"a":1})");
  EXPECT_EQ(there_and_back(""), "");
}

TEST(RunVariables, EachFitsIntoWhatTheKernelTakesAndIsWholeText) {
  constexpr std::size_t kKernel = 128U << 10U;
  for (const std::string unit : {"x", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
    std::string text = "a";
    while (text.size() < 700'000) text += unit;
    const auto variables = run_variables(text);
    EXPECT_GE(variables.size(), 7U);
    for (const auto& [name, value] : variables) {
      EXPECT_LT(name.size() + 1 + value.size() + 1, kKernel) << name;
      EXPECT_EQ(local::readable_text(value, value.size()), value) << name << " breaks a character";
    }
    EXPECT_EQ(there_and_back(text), text);
  }
}

}  // namespace
}  // namespace visionops::contract
