// A kind of store as the contract tests see it.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "worker/storage/storage_client.h"

namespace visionops::storage {

struct StoreUnderTest {
  std::string kind;
  /// A new, empty store; what it needs stays until the end of the program.
  std::function<std::shared_ptr<StorageClient>()> make;
};

inline void PrintTo(const StoreUnderTest& store, std::ostream* out) { *out << store.kind; }

}  // namespace visionops::storage
