// The contract of a folder as a store.
#include <memory>
#include <vector>

#include "tests/storage/contract.h"
#include "tests/unit/storage/temporary_folder.h"

namespace visionops::storage {
namespace {

std::shared_ptr<StorageClient> make_folder() {
  static std::vector<std::unique_ptr<tests::TemporaryFolder>> folders;
  folders.push_back(std::make_unique<tests::TemporaryFolder>());
  return *open_local_store(folders.back()->path().string(), Durability::Cached);
}

INSTANTIATE_TEST_SUITE_P(Local, StorageContract, testing::Values(StoreUnderTest{"Folder", make_folder}), name_of_kind);

}  // namespace
}  // namespace visionops::storage
