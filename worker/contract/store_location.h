// Where a store that is no mounted folder lies: JSON in the environment variable VISIONOPS_STORE_NAME.
// Without that variable a store is the folder $VISIONOPS_STORES/NAME. No secret stands in it: keys come
// from a mounted folder.
#pragma once

#include <string>

#include "base/fields.h"

namespace visionops::contract {

/// A bucket, or the part of one below a prefix.
struct S3Location {
  std::string endpoint;  ///< scheme, host and port, no path
  std::string region = "us-east-1";
  std::string bucket;
  std::string prefix;      ///< without a slash at either end; empty: the whole bucket
  bool path_style = true;  ///< ENDPOINT/BUCKET/KEY, else BUCKET.ENDPOINT/KEY
  /// Folder with the files AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, when needed, AWS_SESSION_TOKEN;
  /// empty: environment variables of these names.
  std::string credentials_folder;
  std::string ca_file;     ///< PEM authorities that replace the system's; empty: the system's
  bool read_only = false;  ///< the worker refuses to write there
  bool operator==(const S3Location&) const = default;

  static const Table<S3Location>& fields();
};

/// "VISIONOPS_STORE_MY_DATA" of the store "my-data".
std::string store_env(const std::string& store);
S3Location decode_s3_location(const std::string& json, Problems& problems);
std::string encode(const S3Location& location);

inline constexpr const char* kAccessKeyIdName = "AWS_ACCESS_KEY_ID";
inline constexpr const char* kSecretAccessKeyName = "AWS_SECRET_ACCESS_KEY";
inline constexpr const char* kSessionTokenName = "AWS_SESSION_TOKEN";

// Shapes shared by this document and by the configuration of the operator.
inline constexpr const char* kS3EndpointPattern = "^https?://[A-Za-z0-9.\\[\\]:-]+$";
inline constexpr const char* kS3EndpointWords =
    "must be http:// or https://, a host and perhaps a port, without a path";
inline constexpr const char* kS3RegionPattern = "^[a-z0-9-]+$";
inline constexpr const char* kS3BucketPattern = "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$";
inline constexpr const char* kS3BucketWords = "must be a bucket name: 3 to 63 of a-z, 0-9, '.', '-'";
inline constexpr std::size_t kMaxS3Prefix = 512;

}  // namespace visionops::contract
