// What an update sends: patches of the part of an object that is ours to write. PURE.
#pragma once

#include <string>

#include "operator/cluster/cluster_api.h"

namespace visionops::kube {

struct WriteBody {
  std::string method;
  std::string content_type;
  std::string body;
};

/// Custom kinds: labels, annotations, finalizers and owners become what `object` has; the spec is the
/// user's, down to spelled-out defaults and fields of a newer version, and is not sent. A Lease is sent
/// whole. Jobs and Pods: what `object` has is merged in, what it does not know stays.
/// resourceVersion and uid are preconditions when they are set: a second send of the same write finds
/// another version and changes nothing (Conflict).
WriteBody update_body(const cluster::Object& object);

/// The status becomes what `object` has, with the same preconditions; for the subresource "status".
WriteBody status_body(const cluster::Object& object);

}  // namespace visionops::kube
