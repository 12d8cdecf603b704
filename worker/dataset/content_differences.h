// What differs between the files that a Dataset was Ready with and those that are there now. PURE.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "worker/dataset/folder/digest.h"
#include "worker/dataset/folder/file_list.h"

namespace visionops::dataset_folder {

/// All are counted, the first of them are named.
struct NamedFiles {
  std::size_t count = 0;
  std::vector<std::string> first;  ///< paths inside the dataset folder, sorted bytewise
};

struct ContentDifferences {
  NamedFiles changed;  ///< another size or other bytes
  NamedFiles missing;
  NamedFiles added;
};

/// Both sorted by path; at most `named` names of each kind.
ContentDifferences content_differences(const std::vector<ListedFile>& before, const std::vector<DataFile>& now,
                                       std::size_t named);

/// "2 changed (a, b); 1 missing (c)"; empty when nothing differs.
std::string describe(const ContentDifferences& differences);

}  // namespace visionops::dataset_folder
