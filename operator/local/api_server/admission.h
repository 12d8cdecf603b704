// What an API server does with an object before it stores it: names, shapes, bounds, what may change.
// Pure: an object and its stored predecessor in, the object to store out.
#pragma once

#include "base/result.h"
#include "operator/cluster/cluster_api.h"

namespace visionops::local {

/// Objects above this size are refused; etcd's own limit.
inline constexpr std::size_t kMaxObjectBytes = 1536 * 1024;

/// The object as the wire would deliver it: what its JSON does not carry (milliseconds of times,
/// fields of no meaning) is gone, and the custom kinds carry what their rules refuse in .problems.
Result<cluster::Object> through_the_wire(const cluster::Object& object);

/// For create: name, namespace, labels, annotations, finalizers, owners and spec are taken, the rest
/// is empty. Invalid, naming the fields, when a custom object has problems or a name is wrong.
Result<cluster::Object> admit_create(const cluster::Object& object);

/// For update: metadata and spec of `incoming` over `stored`; the status stays. A spec with problems
/// is refused unless it is the stored one (Kubernetes calls that ratcheting).
Result<cluster::Object> admit_update(const cluster::Object& stored, const cluster::Object& incoming);

/// For update_status: only the status of `incoming`. NotFound for kinds without one (Lease).
Result<cluster::Object> admit_status(const cluster::Object& stored, const cluster::Object& incoming);

/// Equal in everything but resourceVersion, hence not worth a write.
bool same_content(const cluster::Object& a, const cluster::Object& b);
/// Whether the specs differ: then metadata.generation counts up.
bool spec_differs(const cluster::Object& a, const cluster::Object& b);
/// What decoding refused; empty for kinds that are not ours.
const Problems& problems_of(const cluster::Object& object);

}  // namespace visionops::local
