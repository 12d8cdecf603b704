// Every limit of the code stands on docs/limits.md, with its value, or in the table with the reason why it does not.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "tests/contract/limits_of_code.h"
#include "tests/contract/source_tree.h"

namespace visionops::contract_tests {
namespace {

namespace fs = std::filesystem;

/// May only fall: a new limit has its test.
constexpr std::size_t kWithoutTest = 36;

std::vector<Limit> table() { return limits_of_table(read_text(source_dir() / "tests/contract/limits.table")); }

TEST(Limits, ThePageIsWhatCodeAndTableSay) {
  const auto page = limits_page(table());
  const auto file = source_dir() / "docs/limits.md";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(file, std::ios::binary) << page;
  EXPECT_TRUE(fs::exists(file) && read_text(file) == page)
      << "run: UPDATE_GOLDEN=1 build/dev/bin/contract_tests --gtest_filter='Limits*'";
  EXPECT_EQ(page.find("| ? |"), std::string::npos) << "a limit of the table is not in the code, or is no number";
}

TEST(Limits, EveryConstantThatIsCalledLikeOneIsInTheTable) {
  std::set<std::pair<std::string, std::string>> known;
  for (const auto& limit : table()) {
    EXPECT_TRUE(known.emplace(limit.file, limit.name).second)
        << limit.file << " " << limit.name << " stands there twice";
    EXPECT_FALSE(limit.what.empty()) << limit.file << " " << limit.name << " has no words";
  }
  std::size_t found = 0;
  for (const char* root : {"base", "operator", "worker"}) {
    for (const auto& file : files_below(source_dir() / root, {".h", ".cpp", ".cu"})) {
      const auto path = fs::relative(file, source_dir()).generic_string();
      for (const auto& name : constants_called_like_limits(read_text(file))) {
        ++found;
        EXPECT_TRUE(known.contains({path, name})) << path << ": " << name << " is not in tests/contract/limits.table";
      }
    }
  }
  EXPECT_GT(found, 100U) << "the tree has more than that: they are not found any more";
}

TEST(Limits, TheTableNamesConstantsAndTestsThatAreThere) {
  std::size_t without = 0;
  for (const auto& limit : table()) {
    const auto text = read_text(source_dir() / limit.file);
    EXPECT_TRUE(initialiser_of(text, limit.name)) << limit.file << " has no " << limit.name;
    if (!limit.told) continue;
    without += limit.test == "-" ? 1 : 0;
    EXPECT_TRUE(limit.test == "-" || fs::exists(source_dir() / limit.test)) << limit.test;
  }
  EXPECT_LE(without, kWithoutTest);
}

TEST(Limits, AreReadAsTheCodeWritesThem) {
  const std::string code =
      "constexpr std::size_t kMaxA = std::size_t{64} << 20;  // kMaxB = 1\nconstexpr Duration kSendLimit{5'000};\n"
      "inline constexpr double kMaxC = 1e12;\nstd::size_t owners = 20'000;\nif (kMaxA == 7) {}\n";
  EXPECT_EQ(constants_called_like_limits(code), (std::vector<std::string>{"kMaxA", "kSendLimit", "kMaxC"}));
  EXPECT_EQ(value_of(*initialiser_of(code, "kMaxA")), 64.0 * 1024 * 1024);
  EXPECT_EQ(value_of(*initialiser_of(code, "kSendLimit")), 5'000.0);
  EXPECT_EQ(value_of(*initialiser_of(code, "owners")), 20'000.0);
  EXPECT_EQ(value_of("std::chrono::minutes(6)"), 360'000.0);
  EXPECT_EQ(value_of("256ULL * 1024 * 1024"), 256.0 * 1024 * 1024);
  EXPECT_EQ(value_of("0xfffffffe"), 4294967294.0);
  EXPECT_FALSE(value_of("std::numeric_limits<int>::max()"));
  EXPECT_EQ(in_unit(64 * 1024, "bytes"), "64 KiB");
  EXPECT_EQ(in_unit(1000, "bytes"), "1,000 B");
  EXPECT_EQ(in_unit(360'000, "seconds"), "360 s");
  EXPECT_EQ(in_unit(100'000, "classes"), "100,000 classes");
}

}  // namespace
}  // namespace visionops::contract_tests
