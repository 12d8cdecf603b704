// The contract of a bucket as a store.
#include "tests/storage/contract.h"
#include "tests/storage/test_server.h"

namespace visionops::storage {
namespace {

std::shared_ptr<StorageClient> make_bucket() {
  auto opened = open_s3_store(new_location(test_server()), test_credentials(), short_patience());
  if (!opened) throw std::runtime_error(opened.error().message);
  return *opened;
}

INSTANTIATE_TEST_SUITE_P(S3, StorageContract, testing::Values(StoreUnderTest{"Bucket", make_bucket}), name_of_kind);

}  // namespace
}  // namespace visionops::storage
