#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/json.h"
#include "tests/unit/framework/text_source.h"

namespace visionops::framework {
namespace {

namespace fs = std::filesystem;
const fs::path kFiles = fs::path(VISIONOPS_SOURCE_DIR) / "tests/golden/frameworks/cases/checkpoint-files";

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool whole(const std::string& name, std::string bytes) { return check_whole(name, TextSource(std::move(bytes))).ok(); }

TEST(CheckpointFiles, AreWholeWhereTorchAndSafetensorsLoadThem) {
  const auto cases = Json::parse(bytes_of(kFiles / "expected.json"));
  ASSERT_GE(cases.size(), 10U);
  for (const auto& file : cases) {
    const std::string name = file.at("file");
    EXPECT_EQ(whole(name, bytes_of(kFiles / name)), file.at("loads").get<bool>()) << name;
  }
}

TEST(CheckpointFiles, CutOffAnywhereAreNotWhole) {
  for (const char* name : {"whole.pt", "whole.safetensors", "legacy-format.pt"}) {
    const auto bytes = bytes_of(kFiles / name);
    for (std::size_t size = 1; size < bytes.size(); ++size) {
      EXPECT_FALSE(whole(name, bytes.substr(0, size))) << name << " cut to " << size;
    }
  }
}

TEST(CheckpointFiles, ThatAreStillZerosAreNotWhole) {
  const auto bytes = bytes_of(kFiles / "whole.pt");
  EXPECT_FALSE(whole("last.pt", std::string(bytes.size(), '\0')));
  EXPECT_FALSE(whole("last.pt", bytes.substr(0, 100) + std::string(bytes.size() - 100, '\0')));
}

TEST(CheckpointFiles, OfTransformersEndWithTheirState) {
  EXPECT_TRUE(whole("trainer_state.json", "{\"log_history\": [{\"grad_norm\": NaN}]}\n"));
  EXPECT_FALSE(whole("trainer_state.json", "{\"log_history\": [{\"grad_norm\": NaN}]"));
  EXPECT_FALSE(whole("trainer_state.json", ""));
}

TEST(CheckpointFiles, OfAnUnknownKindAreTakenUnlessEmpty) {
  EXPECT_TRUE(whole("weights.h5", "\x89HDF and so many more bytes"));
  EXPECT_FALSE(whole("weights.h5", ""));
}

TEST(CheckpointFiles, AreJudgedWithoutReadingTheirWeights) {
  auto bytes = bytes_of(kFiles / "whole.safetensors");
  const std::string header = R"({"w":{"dtype":"F32","shape":[8000000],"data_offsets":[0,32000000]}})";
  std::string large(8, '\0');
  large[0] = static_cast<char>(header.size());
  large += header + std::string(32'000'000, 'w');
  const TextSource source(std::move(large));
  EXPECT_TRUE(check_whole("model.safetensors", source));
  EXPECT_LT(source.bytes_read(), 1000U);
}

TEST(CheckpointFiles, WithALengthBeyondTheFileAreRefusedAndNotAllocated) {
  std::string bytes(16, '\xff');
  EXPECT_FALSE(whole("model.safetensors", bytes));
}

}  // namespace
}  // namespace visionops::framework
