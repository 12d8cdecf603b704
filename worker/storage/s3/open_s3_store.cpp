#include "worker/storage/s3/open_s3_store.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "worker/storage/s3/s3_listing.h"
#include "worker/storage/s3/s3_store.h"

namespace visionops::storage {
namespace {

constexpr std::size_t kMaxKeyFile = 8192;

std::string text_of_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text;
  for (std::istreambuf_iterator<char> at(in), end; at != end && text.size() < kMaxKeyFile; ++at) text += *at;
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

std::string text_of(const contract::S3Location& location, const char* name) {
  if (!location.credentials_folder.empty()) return text_of_file(location.credentials_folder + "/" + name);
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

/// One request tells most mistakes, and in words that somebody can act on.
Status try_bucket(S3Client& client) {
  const auto& location = client.location();
  auto answer = client.send(
      {.method = "GET", .key = {}, .query = {{"list-type", "2"}, {"max-keys", "1"}, {"prefix", key_of(location, "")}}});
  if (!answer) return answer.error();
  const auto& response = answer->response;
  if (is_success(response)) return {};
  const std::string code = s3_error_code(response).substr(0, 100);
  const std::string words = "bucket " + location.bucket + " at " + location.endpoint + ": " +
                            std::to_string(response.status) + (code.empty() ? "" : " " + code);
  if (response.status == 404 && (code.empty() || code == "NoSuchBucket")) return not_found_error(words);
  if (response.status / 100 == 3) return invalid_error(words + ": the bucket has another endpoint or region");
  return response.status / 100 == 4 ? invalid_error(words) : retry_error(words);
}

}  // namespace

Result<S3Credentials> read_s3_credentials(const contract::S3Location& location) {
  S3Credentials out{text_of(location, contract::kAccessKeyIdName),
                    Secret(text_of(location, contract::kSecretAccessKeyName)),
                    Secret(text_of(location, contract::kSessionTokenName))};
  const std::string where =
      location.credentials_folder.empty() ? "the environment" : location.credentials_folder + " (a key of the Secret)";
  if (out.access_key.empty()) return invalid_error(std::string(contract::kAccessKeyIdName) + " is missing in " + where);
  if (out.secret_key.empty()) {
    return invalid_error(std::string(contract::kSecretAccessKeyName) + " is missing in " + where);
  }
  return out;
}

Result<std::shared_ptr<StorageClient>> open_s3_store(const contract::S3Location& location,
                                                     const S3Credentials& credentials, const S3Patience& patience) {
  auto curl = CurlLibrary::load();
  if (!curl) return curl.error();
  HttpAccess access{location.region,  credentials.access_key,   credentials.secret_key, credentials.session_token,
                    location.ca_file, patience.connect_timeout, patience.stall_timeout};
  auto client = std::make_unique<S3Client>(location, patience.retry,
                                           std::make_unique<HttpConnections>(*std::move(curl), std::move(access)));
  if (auto tried = try_bucket(*client); !tried) return tried.error();
  return std::shared_ptr<StorageClient>(std::make_shared<S3Store>(std::move(client)));
}

}  // namespace visionops::storage
