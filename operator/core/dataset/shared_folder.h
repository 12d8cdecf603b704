// Folders of Datasets that hold one another: whose files may go when one of them is deleted.
#pragma once

#include <string>
#include <vector>

#include "operator/core/observed.h"
#include "worker/contract/run_spec.h"

namespace visionops::core {

/// Whether two folders of one store are the same, or one lies in the other.
bool overlap(const std::string& a, const std::string& b);

/// What of a Dataset's folder belongs to others as well.
struct SharedFolder {
  std::vector<contract::KeptFolder> keep;  ///< none of them lies in another
  std::string all_with;  ///< not empty: everything is also this Dataset's, or there are too many to tell apart
};

/// Counted are the neighbours that may have the files, in every namespace: one store name may be one place for all, as
/// on a laptop, or a claim for each namespace. A bucket with {namespace} in its prefix is certainly not shared. Of
/// Datasets that are being deleted together the last one may remove what they share.
SharedFolder shared_folder(const DatasetObserved& observed);

}  // namespace visionops::core
