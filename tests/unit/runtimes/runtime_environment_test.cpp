#include "operator/runtimes/environments/runtime_environment.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "operator/runtimes/environments/install_environment.h"
#include "operator/runtimes/environments/python_lock.h"

namespace visionops::runtimes {
namespace {

namespace fs = std::filesystem;

class Environments : public testing::Test {
 protected:
  Environments() {
    std::string name = (fs::temp_directory_path() / "environments-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~Environments() override { fs::remove_all(folder_); }

  /// A file with these lines of shell, which can be called.
  fs::path program(const fs::path& path, const std::string& lines) const {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path) << "#!/bin/sh\n" << lines << "\n";
    fs::permissions(folder_ / path, fs::perms::owner_all);
    return folder_ / path;
  }

  static const Runtime& timm() { return *find("timm"); }
  fs::path folder_;
};

TEST_F(Environments, AreNotThereUntilTheirLastFileIs) {
  const auto place = locked_folder(folder_, timm());
  fs::create_directories(place / "bin");
  const auto begun = runtime_environment(folder_, timm());
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().cls, ErrorClass::NotFound);
  EXPECT_NE(begun.error().message.find("visionops runtimes install timm"), std::string::npos);
  std::ofstream(place / kInstalledFile) << R"({"cpu":true})";
  const auto there = runtime_environment(folder_, timm());
  ASSERT_TRUE(there) << there.error().message;
  EXPECT_EQ(there->bin, place / "bin");
  EXPECT_TRUE(there->cpu);
}

TEST_F(Environments, OfAnotherListOfPackagesAreNotThese) {
  fs::create_directories(folder_ / "timm" / "0123456789abcdef" / "bin");
  std::ofstream(folder_ / "timm" / "0123456789abcdef" / kInstalledFile) << "{}";
  const auto found = runtime_environment(folder_, timm());
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().message.find("another version"), std::string::npos);
}

TEST_F(Environments, OfTheUserGoBeforeOursAndMustStillBeThere) {
  const auto python = program("mine/bin/python", "exit 0");
  const auto own = install_own(folder_ / "cache", timm(), python);
  ASSERT_TRUE(own) << own.error().message;
  EXPECT_EQ(own->bin, folder_ / "mine/bin");
  fs::remove(python);
  const auto gone = runtime_environment(folder_ / "cache", timm());
  ASSERT_FALSE(gone);
  EXPECT_NE(gone.error().message.find("not there any more"), std::string::npos);
}

TEST_F(Environments, OfTheUserHaveAProgramCalledPython) {
  const auto python = program("bin/python3.12", "exit 0");
  const auto own = install_own(folder_ / "cache", timm(), python);
  ASSERT_FALSE(own);
  EXPECT_NE(own.error().message.find("no program `python`"), std::string::npos);
  program("bin/python", "exit 0");
  EXPECT_FALSE(install_own(folder_ / "cache", timm(), program("bin/broken", "exit 3")));
  EXPECT_FALSE(install_own(folder_ / "cache", timm(), folder_ / "bin/none"));
  EXPECT_FALSE(runtime_environment(folder_ / "cache", timm())) << "a refused interpreter was remembered";
}

TEST_F(Environments, OfRuntimesWithoutPackagesOfOursAreTheUsers) {
  const auto none = runtime_environment(folder_, *find("custom"));
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message.find("install custom --python PATH"), std::string::npos);
  EXPECT_FALSE(install_environment(folder_, *find("custom"), {}));
}

TEST_F(Environments, AreRemovedAsAWhole) {
  EXPECT_FALSE(remove_environment(folder_, timm()).value());
  std::ofstream(program("timm/0123456789abcdef/bin/python", "").string() + ".more");
  EXPECT_TRUE(remove_environment(folder_, timm()).value());
  EXPECT_FALSE(fs::exists(folder_ / "timm"));
}

TEST(PythonLocks, PinEveryPackageByItsHash) {
  std::size_t locks = 0;
  for (const auto& file : lock_files()) {
    if (!file.name.ends_with(".txt")) continue;
    ++locks;
    std::string_view rest = file.text;
    while (!rest.empty()) {
      const auto line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      const bool pinned =
          line.find("==") != std::string_view::npos && line.find(" --hash=sha256:") != std::string_view::npos;
      EXPECT_TRUE(line.starts_with('#') || pinned) << file.name << ": " << line;
    }
    EXPECT_LT(count_packages(cpu_part(file.text)), count_packages(file.text)) << file.name;
  }
  EXPECT_GE(locks, 5U);
}

TEST(PythonLocks, AreThereForEveryRuntimeThatNamesOne) {
  for (const auto& runtime : all()) {
    EXPECT_EQ(runtime.python.empty(), lock_file(runtime.python + ".txt").empty()) << runtime.name;
  }
}

}  // namespace
}  // namespace visionops::runtimes
