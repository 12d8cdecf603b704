#include "worker/dataset/content_check.h"

#include <string_view>
#include <vector>

#include "worker/dataset/content_differences.h"
#include "worker/dataset/data_files.h"
#include "worker/dataset/folder/file_list.h"

namespace visionops::dataset_folder {

namespace {

constexpr std::size_t kNamed = 3;  // of each kind; the message has to fit into a status

/// Names the files as far as the Dataset's own list can be read; without it the digests have to do.
std::string describe_change(storage::StorageClient& store, const contract::DatasetLocation& location,
                            const DigestedFolder& now) {
  std::string text = "the files of Dataset " + location.name + " (store " + location.store + ", " + location.path +
                     ") are not those it was Ready with";
  const auto list = read_file_list(store, location);
  if (list) return text + ": " + describe(content_differences(list->files, now.files, kNamed));
  return text + ": they have digest " + now.digest + ", it has " + location.digest;
}

/// It was chosen out of this folder once.
std::string no_more_there(const contract::DatasetLocation& location, const Error& error) {
  return "the files of Dataset " + location.name + " (store " + location.store + ", " + location.path +
         ") are not those it was Ready with: " + error.message;
}

}  // namespace

Result<ContentCheck> check_content(storage::StorageClient& store, const contract::DatasetLocation& location,
                                   unsigned threads) {
  if (!std::string_view(location.digest).starts_with("sha256:")) return ContentCheck{};
  const auto files = chosen_files(store, location.path, location.format, choice_of(location));
  if (!files && files.error().cls == ErrorClass::Invalid)
    return ContentCheck{{}, no_more_there(location, files.error())};
  if (!files) return files.error();
  ContentCheck out{listing_fingerprint(*files), {}};
  if (out.fingerprint == location.fingerprint) return out;
  const auto now = digest_files(store, location.path, *files, threads);
  if (!now) return now.error();
  if (now->digest != location.digest) out.changed = describe_change(store, location, *now);
  return out;
}

Result<Verification> verify_content(storage::StorageClient& store, const contract::DatasetLocation& location,
                                    unsigned threads) {
  constexpr std::size_t kVerifiedNames = 10;  // of each kind; somebody reads them
  const auto now = digest_dataset(store, location.path, location.format, threads, choice_of(location));
  if (!now) return now.error();
  Verification out{now->digest, static_cast<std::int64_t>(now->files.size()), now->size_bytes, {}, {}};
  out.same = now->digest == location.digest;
  if (out.same) return out;
  const auto list = read_file_list(store, location);
  if (list) out.differences = content_differences(list->files, now->files, kVerifiedNames);
  return out;
}

}  // namespace visionops::dataset_folder
