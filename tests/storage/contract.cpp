#include "tests/storage/contract.h"

#include <cstdint>

namespace visionops::storage {

void StorageContract::put(const std::string& path, const std::string& bytes) {
  const auto written = store_->write(path, bytes, IfExists::Fail);
  ASSERT_TRUE(written.ok()) << path << ": " << written.error().message;
}

std::string StorageContract::get(StorageClient& from, const std::string& path) {
  auto bytes = from.read(path, std::int64_t{1} << 30);
  EXPECT_TRUE(bytes.ok()) << path << ": " << bytes.error().message;
  return bytes.ok() ? *bytes : std::string();
}

ErrorClass StorageContract::read_error(const std::string& path) {
  const auto read = store_->read(path, 1000);
  EXPECT_FALSE(read.ok()) << path;
  return read.ok() ? ErrorClass::Internal : read.error().cls;
}

std::string StorageContract::listed(const std::string& folder, bool recursive) {
  const auto files = store_->list(folder, recursive);
  EXPECT_TRUE(files.ok()) << folder << ": " << files.error().message;
  std::string out;
  if (files) {
    for (const auto& file : *files) out += file.path + (file.directory ? "/ " : " ");
  }
  return out;
}

std::string large_bytes() {
  std::string out;
  out.reserve(33 << 20);
  std::uint64_t state = 88172645463325252ULL;
  while (out.size() < (33U << 20)) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    out.append(reinterpret_cast<const char*>(&state), sizeof state);
  }
  return out;
}

}  // namespace visionops::storage
