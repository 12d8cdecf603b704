// The text files that Darknet describes a dataset with. PURE.
// Source: darknet src/option_list.c (read_data_cfg), src/utils.c (get_labels).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace visionops::dataset_folder {

/// One name a line, in the order of the class indexes; blanks around it and empty lines at the end do not count.
/// UTF-16 is read. Invalid: an empty line between names (the indexes behind it would shift or not, by the reader), what
/// is no UTF-8, more than 100,000 names.
Result<std::vector<std::string>> read_class_list(std::string_view text);

/// "key = value" lines of obj.data.
struct DarknetOptions {
  std::string names, train, valid, test;  ///< as written: paths on the machine of whoever trained
  std::string classes;                    ///< a number
};
/// Invalid: what is no UTF-8, a line without "=", a key of these that stands twice.
Result<DarknetOptions> read_darknet_options(std::string_view text);

}  // namespace visionops::dataset_folder
