// Files of a batch are one text to the compiler, anonymous namespaces and all: an overload in one file takes calls
// of another without a word (docs/decisions/0015-files-are-compiled-in-batches.md). So names are not shared.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "generated/rooms_plan.h"
#include "tests/contract/cpp_text.h"
#include "tests/contract/source_tree.h"

namespace visionops::contract_tests {
namespace {

/// Text by path.
using Texts = std::map<std::string, std::string>;

/// Names that more than one of the files keeps to itself, as "space::name: file, file". Operators and names_of
/// (base/enum_names.h) are called by the type that they are for, and TEST is a macro.
std::vector<std::string> shared_names(const Texts& texts) {
  std::map<std::string, std::set<std::string>> files;
  for (const auto& [path, text] : texts) {
    for (const Function& function : functions_of(text)) {
      const bool by_type = function.name.starts_with("operator") || function.name == "names_of";
      const bool named = !by_type && !function.name.starts_with("TEST");
      if (function.hidden && named) files[function.space + "::" + function.name].insert(path);
    }
  }
  std::vector<std::string> out;
  for (const auto& [name, places] : files) {
    if (places.size() < 2) continue;
    std::string words = name + ":";
    for (const auto& place : places) words += " " + place;
    out.push_back(words);
  }
  return out;
}

Texts texts_of(const Batch& batch) {
  Texts out;
  for (const auto& file : batch.files) out[file] = read_text(source_dir() / file);
  return out;
}

TEST(Batches, ShareNoNameThatAFileKeepsToItself) {
  for (const auto& batch : batches()) {
    for (const auto& words : shared_names(texts_of(batch))) {
      ADD_FAILURE() << batch.target
                    << " is compiled in batches, where one of these may take the other's calls: " << words;
    }
  }
}

TEST(Batches, AreReadFromTheBuild) {
  const auto files_of = [](const std::string& target) {
    std::set<std::string> out;
    for (const auto& batch : batches()) {
      if (batch.target == target) out.insert(batch.files.begin(), batch.files.end());
    }
    return out;
  };
  EXPECT_TRUE(files_of("visionops_core").contains("operator/core/run/attempt.cpp"));
  EXPECT_FALSE(files_of("visionops_core").contains("operator/core/pipeline/reconcile.cpp")) << "it is compiled alone";
  EXPECT_TRUE(files_of("visionops_manipulators").empty()) << "they are compiled one by one";
  EXPECT_TRUE(files_of("contract_tests").contains("tests/contract/batches_test.cpp"));
}

// Of the folder lock and small_files.cpp, when a missing journal became an error to retry.
TEST(Batches, OfWhichOneTakesTheCallsOfAnotherAreFound) {
  Texts planted{{"lock.cpp", R"(
namespace visionops {
namespace {
Error system_error(const std::string& what, int code) { return temporary_error(what); }
}  // namespace
})"},
                {"small_files.cpp", R"(
namespace visionops::inner { namespace { Error system_error(); } }
namespace visionops {
namespace {
struct Other { void system_error() {} };  // a member: no danger
// Error system_error(const std::string& what) {}
template <class T>
Error system_error(const T& what, std::function<int(int)> code = {}) {
  return {"}", '}', R"x(" system_error() {)x"};
}
}  // namespace
})"}};
  EXPECT_EQ(shared_names(planted), std::vector<std::string>{"visionops::system_error: lock.cpp small_files.cpp"});
  planted["small_files.cpp"] = "namespace visionops {\nError system_error(const std::string& what) { return {}; }\n}";
  EXPECT_EQ(shared_names(planted), std::vector<std::string>{}) << "it stands in a header, or the linker would tell";
  planted["small_files.cpp"] = "namespace visionops {\nstatic Error system_error() { return {}; }\n}";
  EXPECT_EQ(shared_names(planted).size(), 1U);
}

}  // namespace
}  // namespace visionops::contract_tests
