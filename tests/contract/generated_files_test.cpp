// crds/*.yaml, docs/reference/*.md and the rights of the chart are what the tables say today.
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "tests/contract/source_tree.h"

namespace visionops::contract_tests {
namespace {

namespace fs = std::filesystem;

std::set<std::string> names_in(const fs::path& folder, const std::string& extension) {
  std::set<std::string> out;
  for (const auto& path : files_below(folder, {extension})) out.insert(path.filename().string());
  return out;
}

void expect_equal_folders(const fs::path& committed, const fs::path& generated, const std::string& extension) {
  const auto names = names_in(generated, extension);
  EXPECT_FALSE(names.empty());
  EXPECT_EQ(names_in(committed, extension), names) << committed;
  for (const auto& name : names) {
    // No EXPECT_EQ: a difference of two long texts helps nobody.
    EXPECT_TRUE(fs::exists(committed / name) && read_text(committed / name) == read_text(generated / name))
        << committed / name
        << " is not what the field tables say; run: cmake --build build/dev --target update-generated";
  }
}

TEST(GeneratedFiles, AreWhatTheFieldTablesSay) {
  const TemporaryFolder folder;
  const std::string command = std::string(VISIONOPS_BIN_DIR) + "/visionops-crds --output '" +
                              (folder.path() / "crds").string() + "' --docs '" + (folder.path() / "docs").string() +
                              "' --chart '" + (folder.path() / "chart").string() + "'";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  expect_equal_folders(source_dir() / "crds", folder.path() / "crds", ".yaml");
  fs::copy_file(fs::path(VISIONOPS_BIN_DIR).parent_path() / "generated" / "rooms.md",
                folder.path() / "docs" / "rooms.md");
  expect_equal_folders(source_dir() / "docs" / "reference", folder.path() / "docs", ".md");
  const char* rights = "_rights.tpl";
  EXPECT_EQ(read_text(source_dir() / "charts" / "visionops" / "templates" / rights),
            read_text(folder.path() / "chart" / rights));
}

TEST(GeneratedFiles, TheGeneratorSaysSoWhenItCannotWrite) {
  const std::string command =
      std::string(VISIONOPS_BIN_DIR) + "/visionops-crds --output /proc/no-such-folder 2>/dev/null";
  EXPECT_NE(std::system(command.c_str()), 0);
}

}  // namespace
}  // namespace visionops::contract_tests
