#include "worker/contract/store_location.h"

#include "base/field_table.h"
#include "base/relative_path.h"

namespace visionops::contract {

const Table<S3Location>& S3Location::fields() {
  static const Table<S3Location> table{
      field("endpoint", &S3Location::endpoint, "Server.")
          .required()
          .max_length(512)
          .pattern(kS3EndpointPattern, kS3EndpointWords),
      field("region", &S3Location::region, "Region that requests are signed for.")
          .always()
          .max_length(63)
          .pattern(kS3RegionPattern),
      field("bucket", &S3Location::bucket, "Bucket.").required().pattern(kS3BucketPattern, kS3BucketWords),
      field("prefix", &S3Location::prefix, "Folder inside the bucket.").max_length(kMaxS3Prefix),
      field("pathStyle", &S3Location::path_style, "The bucket stands in the path, not in the host name."),
      field("credentialsFolder", &S3Location::credentials_folder, "Mounted folder with the keys.").max_length(4096),
      field("caFile", &S3Location::ca_file, "PEM authorities of the server.").max_length(4096),
      field("readOnly", &S3Location::read_only, "Nothing is written there."),
  };
  return table;
}

std::string store_env(const std::string& store) {
  std::string out = "VISIONOPS_STORE_";
  for (const char c : store) {
    out += c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out;
}

S3Location decode_s3_location(const std::string& json, Problems& problems) {
  const auto parsed = parse_json(json);
  if (!parsed) {
    problems.push_back({"", parsed.error().message});
    return {};
  }
  auto out = decode_fields<S3Location>(*parsed, "", problems);
  if (const auto wrong = relative_path_problem(out.prefix); wrong && !out.prefix.empty()) {
    problems.push_back({"prefix", *wrong});
  }
  return out;
}

std::string encode(const S3Location& location) { return dump_json(encode_fields(location)); }

}  // namespace visionops::contract
