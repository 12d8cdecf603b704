// Replies of the API server as values. PURE.
#pragma once

#include <string>

#include "operator/cluster/cluster_api.h"

namespace visionops::kube {

Result<cluster::Object> decode_reply(const std::string& body, const std::string& what);

/// Adds the items of one page to `out`, takes its version, and gives the token of the next page (empty: none).
Result<std::string> append_page(const std::string& body, cluster::ObjectList& out);

}  // namespace visionops::kube
