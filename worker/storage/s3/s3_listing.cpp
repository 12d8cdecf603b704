#include "worker/storage/s3/s3_listing.h"

#include <charconv>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "worker/storage/s3/s3_xml.h"

namespace visionops::storage {
namespace {

/// One page as the server wrote it.
struct Page {
  struct Object {
    std::string key;
    std::string size;
    std::string modified;
  };
  std::vector<Object> objects;
  std::vector<std::string> prefixes;
  std::string next;
  bool truncated = false;
  bool encoded = false;
  bool listing = false;  ///< it is one
};

Result<Page> read_page(const std::string& xml) {
  Page page;
  Page::Object object;
  auto read = read_xml(xml, [&](std::string_view path, const std::string& text) {
    if (path == "ListBucketResult/Contents/Key") object.key = text;
    if (path == "ListBucketResult/Contents/Size") object.size = text;
    if (path == "ListBucketResult/Contents/LastModified") object.modified = text;
    if (path == "ListBucketResult/Contents") page.objects.push_back(std::exchange(object, {}));
    if (path == "ListBucketResult/CommonPrefixes/Prefix") page.prefixes.push_back(text);
    if (path == "ListBucketResult/NextContinuationToken") page.next = text;
    if (path == "ListBucketResult/IsTruncated") page.truncated = text == "true";
    if (path == "ListBucketResult") page.listing = true;
    if (path == "ListBucketResult/EncodingType") page.encoded = text == "url";
  });
  if (!read) return retry_error("the object store's listing: " + read.error().message);
  if (!page.listing) return retry_error("the object store answered a listing with something else");
  return page;
}

Query query_of(const std::string& prefix, bool recursive) {
  Query out{{"list-type", "2"}, {"encoding-type", "url"}};  // XML cannot carry every key
  if (!prefix.empty()) out.emplace_back("prefix", prefix);
  if (!recursive) out.emplace_back("delimiter", "/");
  return out;
}

Result<Page> fetch_page(S3Client& client, Query query) {
  auto answer = client.send({.method = "GET", .key = {}, .query = std::move(query)});
  if (!answer) return answer.error();
  if (!is_success(answer->response)) return s3_error(answer->response, "bucket " + client.location().bucket);
  return read_page(answer->response.body);
}

/// The path of a key in the store; nullopt when the key is none.
std::optional<std::string> path_of(const std::string& text, bool encoded, const std::string& root) {
  const auto key = encoded ? uri_decode(text) : text;
  if (!key || !key->starts_with(root)) return std::nullopt;
  std::string path = key->substr(root.size());
  if (!check_relative_path(path)) return std::nullopt;
  return path;
}

std::optional<FileInfo> file_of(const Page::Object& object, bool encoded, const std::string& root) {
  auto path = path_of(object.key, encoded, root);
  std::int64_t size = -1;
  std::from_chars(object.size.data(), object.size.data() + object.size.size(), size);
  if (!path || size < 0) return std::nullopt;
  const auto modified = parse_time(object.modified);
  return FileInfo{*std::move(path), size, modified ? modified->time_since_epoch().count() * 1'000'000 : 0, false};
}

void add_entries(const Page& page, const std::string& root, std::vector<FileInfo>& out) {
  for (const auto& object : page.objects) {
    if (auto file = file_of(object, page.encoded, root)) out.push_back(*std::move(file));
  }
  for (std::string prefix : page.prefixes) {
    if (prefix.ends_with("%2F")) prefix.replace(prefix.size() - 3, 3, "/");
    if (!prefix.ends_with('/')) continue;
    prefix.pop_back();
    if (auto path = path_of(prefix, page.encoded, root)) out.push_back({*std::move(path), 0, 0, true});
  }
}

}  // namespace

std::string key_of(const contract::S3Location& location, const std::string& path) {
  return location.prefix.empty() ? path : location.prefix + "/" + path;
}

Result<Listing> list_objects(S3Client& client, const std::string& folder, bool recursive) {
  const std::string root = key_of(client.location(), "");
  const std::string prefix = folder.empty() ? root : key_of(client.location(), folder) + "/";
  Listing out;
  for (std::string token;;) {
    auto query = query_of(prefix, recursive);
    if (!token.empty()) query.emplace_back("continuation-token", token);
    auto page = fetch_page(client, std::move(query));
    if (!page) return page.error();
    out.exists = out.exists || !page->objects.empty() || !page->prefixes.empty();
    add_entries(*page, root, out.entries);
    if (!page->truncated) return out;
    if (page->next.empty() || page->next == token) {
      return retry_error("the object store's listing of " + prefix + " does not go on");
    }
    token = std::move(page->next);
  }
}

Result<bool> folder_exists(S3Client& client, const std::string& folder) {
  auto query = query_of(key_of(client.location(), folder) + "/", true);
  query.emplace_back("max-keys", "1");
  auto page = fetch_page(client, std::move(query));
  if (!page) return page.error();
  return !page->objects.empty();
}

Result<bool> object_listed(S3Client& client, const std::string& path) {
  const std::string key = key_of(client.location(), path);
  auto query = query_of(key, true);
  query.emplace_back("max-keys", "1");  // names are in order, and the shortest one that begins so is the name itself
  auto page = fetch_page(client, std::move(query));
  if (!page) return page.error();
  return !page->objects.empty() &&
         (page->encoded ? uri_decode(page->objects.front().key) : page->objects.front().key) == key;
}

}  // namespace visionops::storage
