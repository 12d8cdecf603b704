// Every resource that users may copy is valid: in samples/ and in the examples of the documentation.
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "operator/manifest/manifest.h"
#include "tests/contract/source_tree.h"

namespace visionops::contract_tests {
namespace {

namespace fs = std::filesystem;

/// The kinds in the file; each document must decode without problems.
std::set<cluster::Kind> expect_valid(const fs::path& file, const std::string& shown) {
  std::set<cluster::Kind> kinds;
  const auto manifests = local::load_manifests(file);
  if (!manifests) {
    ADD_FAILURE() << shown << ": " << manifests.error().message;
    return kinds;
  }
  for (const auto& manifest : *manifests) {
    const auto object = local::read_object(manifest);
    EXPECT_TRUE(object) << shown << ":" << manifest.line << ": " << object.error().message;
    if (object) kinds.insert(kind_of(*object));
  }
  return kinds;
}

TEST(Samples, AreValidAndShowEveryKind) {
  std::set<cluster::Kind> kinds;
  for (const auto& file : files_below(source_dir() / "samples", {".yaml", ".yml"})) {
    kinds.merge(expect_valid(file, fs::relative(file, source_dir()).string()));
  }
  EXPECT_EQ(kinds, std::set<cluster::Kind>(cluster::kOurKinds.begin(), cluster::kOurKinds.end()));
}

/// The texts between ```yaml and ``` that are resources of VisionOps.
std::vector<std::string> examples_in(const std::string& markdown) {
  std::vector<std::string> out;
  for (std::size_t at = 0; (at = markdown.find("```yaml\n", at)) != std::string::npos;) {
    at += 8;
    const auto end = markdown.find("```", at);
    const std::string text = markdown.substr(at, end - at);
    const std::string ours = "\napiVersion: visionops.dev/";  // further in it is a reference to a kind
    if (("\n" + text).find(ours) != std::string::npos) out.push_back(text);
  }
  return out;
}

TEST(Documentation, HasOnlyExamplesThatAreValid) {
  std::vector<fs::path> pages = files_below(source_dir() / "docs", {".md"});
  if (fs::exists(source_dir() / "README.md")) pages.push_back(source_dir() / "README.md");
  ASSERT_FALSE(pages.empty());
  const TemporaryFolder folder;
  for (const auto& page : pages) {
    for (const auto& example : examples_in(read_text(page))) {
      const fs::path file = folder.path() / "example.yaml";
      std::ofstream(file, std::ios::trunc) << example;
      expect_valid(file, fs::relative(page, source_dir()).string() + " (an example)");
    }
  }
}

/// The text without what stands between backticks: code has no links.
std::string without_code(const std::string& markdown) {
  std::string out;
  bool code = false;
  for (const char c : markdown) {
    if (c == '`') code = !code;
    out += code ? ' ' : c;
  }
  return out;
}

TEST(Documentation, LinksToFilesThatExist) {
  std::vector<fs::path> pages = files_below(source_dir() / "docs", {".md"});
  if (fs::exists(source_dir() / "README.md")) pages.push_back(source_dir() / "README.md");
  for (const auto& page : pages) {
    const std::string text = without_code(read_text(page));
    for (std::size_t at = 0; (at = text.find("](", at)) != std::string::npos;) {
      at += 2;
      std::string target = text.substr(at, text.find(')', at) - at);
      target = target.substr(0, target.find('#'));
      if (target.empty() || target.find("://") != std::string::npos || target.starts_with("mailto:")) continue;
      EXPECT_TRUE(fs::exists(page.parent_path() / target)) << page << " links to " << target;
    }
  }
}

}  // namespace
}  // namespace visionops::contract_tests
