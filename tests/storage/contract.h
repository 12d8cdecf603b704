// The promises of storage/storage_client.h as tests, written against StorageClient alone.
//   INSTANTIATE_TEST_SUITE_P(Local, StorageContract, testing::Values(...), name_of_kind);
#pragma once

#include <gtest/gtest.h>

#include "tests/storage/store_under_test.h"

namespace visionops::storage {

class StorageContract : public testing::TestWithParam<StoreUnderTest> {
 protected:
  void SetUp() override { store_ = GetParam().make(); }

  StorageClient& store() { return *store_; }
  /// Another store of the same kind.
  std::shared_ptr<StorageClient> other() { return GetParam().make(); }

  void put(const std::string& path, const std::string& bytes);
  std::string get(StorageClient& from, const std::string& path);
  std::string get(const std::string& path) { return get(*store_, path); }
  ErrorClass read_error(const std::string& path);
  /// "a.txt a/b/ ": paths in the order of the listing, folders with a slash.
  std::string listed(const std::string& folder, bool recursive);

  std::shared_ptr<StorageClient> store_;
};

/// Large enough for every way in which a store writes: 33 MiB that repeat nowhere.
std::string large_bytes();

inline std::string name_of_kind(const testing::TestParamInfo<StoreUnderTest>& info) { return info.param.kind; }

}  // namespace visionops::storage
