#include "operator/assembly/store_places.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "worker/contract/store_location.h"

namespace visionops::commands {

namespace fs = std::filesystem;

namespace {

constexpr const char* kBucketEnding = ".json";

StorePlace bucket_place(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  Problems problems;
  const auto location = contract::decode_s3_location(text, problems);
  const std::string place = "s3://" + location.bucket + (location.prefix.empty() ? "" : "/" + location.prefix);
  return {file.stem(), "Bucket", problems.empty() ? place : file.string(), problems.empty()};
}

StorePlace folder_of(const fs::path& path) {
  std::error_code failure;
  const bool link = fs::is_symlink(path, failure);
  const auto real = fs::weakly_canonical(path, failure);
  return {path.filename(), link ? "Link" : "Folder", (failure ? path : real).string(), fs::is_directory(path, failure)};
}

}  // namespace

std::vector<StorePlace> store_places(const fs::path& data) {
  std::vector<StorePlace> out;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(fs::absolute(data) / "stores", failure)) {
    const bool link = entry.is_symlink(failure);
    if (link || entry.is_directory(failure)) {
      out.push_back(folder_of(entry.path()));
    } else if (entry.path().extension() == kBucketEnding) {
      out.push_back(bucket_place(entry.path()));
    }
  }
  std::ranges::sort(out, {}, &StorePlace::name);
  return out;
}

std::string place_in_store(const fs::path& data, const std::string& store, const std::string& path) {
  const auto places = store_places(data);
  const auto found = std::ranges::find(places, store, &StorePlace::name);
  if (found == places.end()) return (fs::absolute(data) / "stores" / store / path).string() + " (no such store)";
  return found->place + "/" + path;
}

}  // namespace visionops::commands
