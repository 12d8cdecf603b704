// The commands of the README are those of the Makefile, and CI starts from them alone.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

#include "tests/contract/source_tree.h"

namespace visionops::contract_tests {
namespace {

std::string text_of(const char* name) {
  std::ifstream in(source_dir() / name);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The names that `pattern` (one group) finds in the file.
std::set<std::string> found(const char* name, const std::string& pattern) {
  const std::string text = text_of(name);
  const std::regex regex(pattern, std::regex::ECMAScript | std::regex::multiline);
  std::set<std::string> out;
  for (std::sregex_iterator it(text.begin(), text.end(), regex), end; it != end; ++it) out.insert((*it)[1]);
  return out;
}

TEST(BuildCommands, OfTheReadmeAreTargets) {
  const auto targets = found("Makefile", R"(^([a-z-]+):.*## )");
  auto named = found("README.md", R"(`make ([a-z-]+))");
  named.merge(found("README.md", R"(^    make ([a-z-]+))"));
  named.merge(found(".ci/run", R"(^make ([a-z-]+))"));
  named.merge(found(".ci/run", R"(^for target in ([a-z-]+))"));
  EXPECT_TRUE(named.contains("test-quick"));
  named.erase("help");
  for (const auto& name : named) {
    EXPECT_TRUE(targets.contains(name) || name == "test-sanitizers") << "make " << name;
  }
}

TEST(BuildCommands, OfCiAreMakeTargetsAndNothingElse) {
  const std::set<std::string> shell{"set",  "cd", "export", "make", "if",   "elif",
                                    "else", "fi", "for",    "done", "echo", "exit"};
  const std::regex other(R"(^ *(?:[a-z]+=\S+|timeout "\S+.*" make "\$target" .*|left=\$\(\(.*)$)");
  std::istringstream lines(text_of(".ci/run"));
  for (std::string line, word; std::getline(lines, line);) {
    std::istringstream words(line);
    if (!(words >> word) || word.starts_with('#')) continue;
    EXPECT_TRUE(shell.contains(word) || std::regex_match(line, other))
        << "CI would do what a user's make does not: " << line;
  }
}

TEST(BuildCommands, OfTheTestsMakeAMissingPartAFailure) {
  const auto quiet = found("Makefile", R"(^\t@(ctest .*))");
  EXPECT_EQ(quiet.size(), 1U) << "the sanitizers' unit and sim tests need no part";
  EXPECT_GE(found("Makefile", R"(^\t@(VISIONOPS_CI=1 ctest .*))").size(), 4U);
}

}  // namespace
}  // namespace visionops::contract_tests
