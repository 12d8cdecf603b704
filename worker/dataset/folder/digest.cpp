#include "worker/dataset/folder/digest.h"

#include <algorithm>
#include <unordered_map>

#include "base/digest.h"
#include "base/parallel/parallel_for.h"
#include "worker/dataset/folder/layout.h"

namespace visionops::dataset_folder {

std::string dataset_digest(std::vector<DataFile> files) {
  std::sort(files.begin(), files.end(), [](const DataFile& a, const DataFile& b) { return a.path < b.path; });
  Sha256 hash;
  for (const DataFile& file : files) {
    hash.update(file.path + "\t" + std::to_string(file.size) + "\t" + file.sha256 + "\n");
  }
  return "sha256:" + hash.hex();
}

std::string listing_fingerprint(const std::vector<storage::FileInfo>& files) {
  Sha256 hash;
  for (const auto& file : files) {
    hash.update(file.path + "\t" + std::to_string(file.size) + "\t" + std::to_string(file.mtime_ns) + "\n");
  }
  return "listing:" + hash.hex();
}

Result<DigestedFolder> digest_files(storage::StorageClient& store, const std::string& folder,
                                    const std::vector<storage::FileInfo>& files, unsigned threads,
                                    const std::vector<DataFile>& known) {
  std::unordered_map<std::string_view, const DataFile*> digests;
  for (const DataFile& file : known) digests.emplace(file.path, &file);
  DigestedFolder out;
  for (const auto& file : files) {
    const auto found = digests.find(file.path);
    out.files.push_back(found == digests.end() ? DataFile{file.path, 0, "", 0} : *found->second);
    out.files.back().mtime_ns = file.mtime_ns;
  }
  std::vector<Error> errors(out.files.size(), Error{});
  parallel_for(out.files.size(), threads, [&](std::size_t i) {
    DataFile& file = out.files[i];
    if (!file.sha256.empty()) return;
    auto digest = store.digest(join(folder, file.path));
    if (!digest) {
      errors[i] = digest.error();
      return;
    }
    file.size = digest->size;
    file.sha256 = std::move(digest->sha256);
  });
  for (std::size_t i = 0; i < out.files.size(); ++i) {
    if (out.files[i].sha256.empty()) return errors[i];
    out.size_bytes += out.files[i].size;
  }
  out.digest = dataset_digest(out.files);
  return out;
}

}  // namespace visionops::dataset_folder
