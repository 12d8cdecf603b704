// Replies of the API server as values. PURE.
#pragma once

#include <string>
#include <vector>

#include "operator/cluster/cluster_api.h"

namespace visionops::kube {

Result<cluster::Object> decode_reply(const std::string& body, const std::string& what);

struct DecodedPage {
  std::vector<cluster::Object> items;
  std::string resource_version;
  std::string next;  ///< token of the next page; empty: none
};
/// A page of a list of objects of `kind`.
Result<DecodedPage> decode_page(const std::string& body, cluster::Kind kind);

}  // namespace visionops::kube
