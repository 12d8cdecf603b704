#include "tests/storage/test_server.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace visionops::storage {
namespace {

const char* variable(const char* name) {
  const char* value = std::getenv(name);
  if (value != nullptr) return value;
  std::fprintf(stderr, "%s is not set: run this by tests/s3/run-with-s3\n", name);
  std::exit(2);
}

}  // namespace

std::string test_server() { return variable("VISIONOPS_TEST_S3"); }

std::string bucket_folder(const std::string& bucket) {
  const auto folder = std::filesystem::path(variable("VISIONOPS_TEST_S3_BUCKETS")) / bucket;
  std::filesystem::create_directories(folder);
  return folder.string();
}

contract::S3Location new_location(const std::string& endpoint) {
  static std::atomic<int> count{0};
  contract::S3Location out;
  out.endpoint = endpoint;
  out.bucket = kTestBucket;
  out.prefix = "some folder/" + std::to_string(++count);
  bucket_folder();
  return out;
}

S3Credentials test_credentials() { return {"tester", Secret("tester-secret"), Secret()}; }

S3Patience short_patience() {
  S3Patience out;
  out.retry.first = std::chrono::milliseconds(5);
  out.retry.longest = std::chrono::milliseconds(40);
  return out;
}

}  // namespace visionops::storage
