// The S3 server that tests/s3/run-with-s3 started.
#pragma once

#include <memory>
#include <string>

#include "worker/storage/s3/open_s3_store.h"

namespace visionops::storage {

inline constexpr const char* kTestBucket = "tests";

/// Address of the server; ends the program when there is none.
std::string test_server();
/// The folder behind a bucket of the server.
std::string bucket_folder(const std::string& bucket = kTestBucket);
/// A new prefix of the bucket "tests" at `endpoint`.
contract::S3Location new_location(const std::string& endpoint);
S3Credentials test_credentials();
/// Waits milliseconds where others wait seconds.
S3Patience short_patience();

}  // namespace visionops::storage
