#include "worker/dataset/content_check.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "worker/dataset/data_files.h"
#include "worker/dataset/folder/file_list.h"

namespace visionops::dataset_folder {

namespace {

constexpr std::size_t kNamed = 3;  // of each kind; the message has to fit into a status

/// "2 changed (a, b)"
class Named {
 public:
  explicit Named(const char* what) : what_(what) {}
  void add(const std::string& path) {
    if (++count_ <= kNamed) names_ += (names_.empty() ? "" : ", ") + path;
  }
  void tell(std::string& text) const {
    if (count_ == 0) return;
    text += (text.empty() ? "" : "; ") + std::to_string(count_) + " " + what_ + " (" + names_ +
            (count_ > kNamed ? ", ..." : "") + ")";
  }

 private:
  const char* what_;
  std::size_t count_ = 0;
  std::string names_;
};

/// Both sorted by path.
std::string differences(const std::vector<ListedFile>& before, const std::vector<DataFile>& now) {
  Named changed("changed"), missing("missing"), added("added");
  auto b = before.begin();
  auto n = now.begin();
  while (b != before.end() || n != now.end()) {
    if (n == now.end() || (b != before.end() && b->file.path < n->path)) {
      missing.add((b++)->file.path);
    } else if (b == before.end() || n->path < b->file.path) {
      added.add((n++)->path);
    } else {
      if (b->file.size != n->size || b->file.sha256 != n->sha256) changed.add(n->path);
      ++b, ++n;
    }
  }
  std::string text;
  for (const auto* named : {&changed, &missing, &added}) named->tell(text);
  return text;
}

/// Names the files as far as the Dataset's own list can be read; without it the digests have to do.
std::string describe_change(storage::StorageClient& store, const contract::DatasetLocation& location,
                            const DigestedFolder& now) {
  std::string text = "the files of Dataset " + location.name + " (store " + location.store + ", " + location.path +
                     ") are not those it was Ready with";
  const auto list = read_file_list(store, location);
  if (list) return text + ": " + differences(list->files, now.files);
  return text + ": they have digest " + now.digest + ", it has " + location.digest;
}

}  // namespace

Result<ContentCheck> check_content(storage::StorageClient& store, const contract::DatasetLocation& location,
                                   unsigned threads) {
  if (!std::string_view(location.digest).starts_with("sha256:")) return ContentCheck{};
  const auto listing = list_dataset(store, location.path);
  if (!listing) return listing.error();
  const auto files = data_files(*listing, location.format);
  ContentCheck out{listing_fingerprint(files), {}};
  if (out.fingerprint == location.fingerprint) return out;
  const auto now = digest_files(store, location.path, files, threads);
  if (!now) return now.error();
  if (now->digest != location.digest) out.changed = describe_change(store, location, *now);
  return out;
}

}  // namespace visionops::dataset_folder
