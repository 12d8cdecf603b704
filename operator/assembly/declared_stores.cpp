#include "operator/assembly/declared_stores.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/names.h"
#include "worker/contract/store_location.h"

namespace visionops::commands {

namespace fs = std::filesystem;

namespace {

constexpr const char* kBucketEnding = ".json";

/// Pods do not inherit our environment, and a description without keys in it may lie in Git.
Result<contract::S3Location> read_bucket(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  Problems problems;
  auto location = contract::decode_s3_location(text, problems);
  if (problems.empty() && location.credentials_folder.empty()) {
    problems.push_back({"credentialsFolder", "is required: a folder with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"});
  }
  if (!problems.empty()) return invalid_error(file.string() + ": " + describe(problems));
  for (auto* path : {&location.credentials_folder, &location.ca_file}) {
    if (!path->empty()) *path = (fs::absolute(file).parent_path() / *path).lexically_normal().string();
  }
  return location;
}

/// Makes the name free: a link or an empty folder goes, a folder with files stays.
Status clear_name(const fs::path& stores, const std::string& name) {
  std::error_code error;
  if (fs::is_symlink(stores / name) || fs::is_empty(stores / name, error)) fs::remove(stores / name, error);
  if (fs::exists(fs::symlink_status(stores / name))) {
    return invalid_error((stores / name).string() + " exists already and has files");
  }
  fs::remove(stores / (name + kBucketEnding), error);
  return {};
}

Status add_link(const fs::path& stores, const std::string& name, const fs::path& folder) {
  std::error_code error;
  fs::create_directory_symlink(folder, stores / name, error);
  if (error) return retry_error(error.message());
  return {};
}

Status add_bucket(const fs::path& stores, const std::string& name, const fs::path& file) {
  const auto location = read_bucket(file);
  if (!location) return location.error();
  if (auto cleared = clear_name(stores, name); !cleared) return cleared;
  std::ofstream out(stores / (name + kBucketEnding), std::ios::binary);
  out << contract::encode(*location) << "\n";
  if (!out.flush()) return retry_error("cannot be written to " + stores.string());
  return {};
}

Status declare(const fs::path& stores, const std::string& text) {
  const auto equal = text.find('=');
  const std::string name = text.substr(0, equal);
  if (equal == std::string::npos || !is_dns_label(name)) return invalid_error("expected NAME=FOLDER or NAME=FILE");
  const fs::path place = fs::absolute(text.substr(equal + 1));
  if (fs::is_regular_file(place)) return add_bucket(stores, name, place);
  if (!fs::is_directory(place)) return not_found_error(place.string() + " is neither a folder nor a file");
  if (auto cleared = clear_name(stores, name); !cleared) return cleared;
  return add_link(stores, name, place);
}

}  // namespace

Result<DeclaredStores> declare_stores(const fs::path& stores, const std::vector<std::string>& added) {
  std::error_code error;
  for (const auto& text : added) {
    if (auto done = declare(stores, text); !done) return done.error().in("--store " + text);
  }
  DeclaredStores out;
  for (const auto& entry : fs::directory_iterator(stores, error)) {
    if (entry.is_directory()) out.names.push_back(entry.path().filename());
    if (!entry.is_regular_file() || entry.path().extension() != kBucketEnding) continue;
    const auto location = read_bucket(entry.path());
    if (!location) return location.error();
    out.names.push_back(entry.path().stem());
    out.buckets[out.names.back()].location = *location;
  }
  if (error) return retry_error(stores.string() + ": " + error.message());
  std::sort(out.names.begin(), out.names.end());
  return out;
}

Status make_first_stores(const fs::path& stores) {
  std::error_code error;
  if (fs::exists(stores, error)) return {};
  for (const char* name : {"datasets", "models"}) {
    fs::create_directories(stores / name, error);
    if (error) return retry_error((stores / name).string() + ": " + error.message());
  }
  return {};
}

}  // namespace visionops::commands
