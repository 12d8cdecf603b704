// REST paths of kinds and objects. PURE.
#pragma once

#include <string>

#include "operator/cluster/cluster_api.h"

namespace visionops::kube {

/// "/apis/batch/v1/namespaces/NS/jobs", without the namespace part when `namespace_` is empty.
std::string collection_path(cluster::Kind kind, const std::string& namespace_);
/// Collection path + "/NAME" + ("/SUBRESOURCE").
std::string object_path(const cluster::ObjectKey& key, const std::string& subresource = "");
/// RFC 3986 percent-encoding of everything but unreserved characters.
std::string percent_encode(const std::string& text);
/// "a=b,c=d", encoded for a query.
std::string label_selector(const std::map<std::string, std::string>& labels);

}  // namespace visionops::kube
