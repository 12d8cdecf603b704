// From the location of a bucket and its keys to a store.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "worker/contract/store_location.h"
#include "worker/storage/s3/s3_client.h"
#include "worker/storage/storage_client.h"

namespace visionops::storage {

struct S3Credentials {
  std::string access_key;
  Secret secret_key;
  Secret session_token;
};

struct S3Patience {
  RetryTiming retry;
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::seconds stall_timeout{30};
};

/// Of the folder that `location` names, else of the environment. Invalid, with what is missing, when there are none.
Result<S3Credentials> read_s3_credentials(const contract::S3Location& location);

/// Lists a name of the bucket, so that wrong keys, names and certificates are told now: Invalid, or NotFound
/// for a bucket that is not there. Retry: the server cannot be reached.
Result<std::shared_ptr<StorageClient>> open_s3_store(const contract::S3Location& location,
                                                     const S3Credentials& credentials, const S3Patience& patience = {});

}  // namespace visionops::storage
