// Reading a JSON file that is one list, element by element: memory is bounded by the largest one.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "worker/dataset/folder/layout.h"

namespace visionops::formats {

struct ListElement {
  std::string_view text;  ///< one JSON value, by its brackets
  std::string position;   ///< "[12]"
  std::uint64_t offset = 0;
};

/// Hands each element to `take`. Invalid, with "byte N", when the file is no list.
Status read_json_list(storage::StorageClient& store, const std::string& path,
                      const std::function<void(const ListElement& element)>& take);

}  // namespace visionops::formats
