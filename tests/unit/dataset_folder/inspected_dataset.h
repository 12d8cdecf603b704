// A dataset in a real folder with the list of its files, as an inspection leaves it; and a store that counts its reads.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <set>
#include <string>

#include "tests/unit/storage/temporary_folder.h"
#include "worker/dataset/data_files.h"
#include "worker/dataset/folder/file_list.h"

namespace visionops::dataset_folder {

/// Passes everything on, counts the files whose bytes were read, and fails removals after the first few, as a process
/// does that is killed there.
class CountingStore final : public storage::StorageClient {
 public:
  explicit CountingStore(std::shared_ptr<storage::StorageClient> store) : store_(std::move(store)) {}
  int reads = 0;
  int removals_left = std::numeric_limits<int>::max();

  using StorageClient::list;
  Result<std::vector<storage::FileInfo>> list(const std::string& folder, bool recursive,
                                              std::vector<std::string>* links) override {
    return store_->list(folder, recursive, links);
  }
  Result<storage::FileInfo> stat(const std::string& path) override { return store_->stat(path); }
  Result<std::string> read(const std::string& path, std::int64_t max_bytes, bool prefix_only) override {
    ++reads;
    return store_->read(path, max_bytes, prefix_only);
  }
  Status read_chunks(const std::string& path, std::int64_t max_bytes,
                     const std::function<Status(std::string_view)>& consume) override {
    ++reads;
    return store_->read_chunks(path, max_bytes, consume);
  }
  Result<storage::StoredFile> digest(const std::string& path) override {
    ++reads;
    return store_->digest(path);
  }
  Result<storage::StoredFile> write(const std::string& path, std::string_view bytes,
                                    storage::IfExists if_exists) override {
    return store_->write(path, bytes, if_exists);
  }
  Result<storage::StoredFile> copy_from(storage::StorageClient& source, const std::string& source_path,
                                        const std::string& path, ImageMode mode, storage::IfExists if_exists) override {
    return store_->copy_from(source, source_path, path, mode, if_exists);
  }
  Status remove(const std::string& path) override {
    return removals_left-- > 0 ? store_->remove(path) : Status(retry_error("killed here"));
  }
  Status sync() override { return store_->sync(); }
  Status sweep(const std::string& folder) override { return store_->sweep(folder); }

 private:
  std::shared_ptr<storage::StorageClient> store_;
};

/// A store in which Datasets are registered.
class InspectedStore {
 public:
  InspectedStore() : store_(*storage::open_local_store(folder_.path().string())) {}

  /// What the operator knows of the Dataset with this uid after its inspection, which has written its list. `strays`:
  /// files that its annotations do not name.
  contract::DatasetLocation inspect(const std::string& path, const std::string& uid,
                                    const std::set<std::string>& strays = {}) const {
    contract::DatasetLocation location{.name = "street",
                                       .store = "datasets",
                                       .path = path,
                                       .format = Format("COCO"),
                                       .split = Split::Train,
                                       .version = "v1.0.0",
                                       .digest = "",
                                       .uid = uid};
    const auto files = data_files(*list_dataset(*store_, path), Format("COCO"));
    const auto digested = *digest_files(*store_, path, files);
    location.digest = digested.digest;
    location.fingerprint = listing_fingerprint(files);
    FileList list{{1, uid, "default", "street", 1, path, digested.digest}, {}};
    for (const auto& file : digested.files) list.files.push_back({file, strays.contains(file.path)});
    EXPECT_TRUE(store_->write(file_list_path(uid), encode(list), storage::IfExists::Replace).ok());
    return location;
  }
  void put(const std::string& path, const std::string& bytes = "x") const { folder_.put(path, bytes); }
  [[nodiscard]] bool has(const std::string& path) const { return std::filesystem::exists(folder_ / path); }
  [[nodiscard]] std::filesystem::path operator/(const std::string& path) const { return folder_ / path; }
  [[nodiscard]] const std::shared_ptr<storage::StorageClient>& store() const { return store_; }

 private:
  tests::TemporaryFolder folder_;
  std::shared_ptr<storage::StorageClient> store_;
};

}  // namespace visionops::dataset_folder
