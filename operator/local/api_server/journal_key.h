// Keys of objects as the journal writes them.
#pragma once

#include "base/json_fwd.h"
#include "base/result.h"
#include "operator/cluster/cluster_api.h"

namespace visionops::local {

/// {"kind":"Pod","namespace":"default","name":"p"}.
Json to_json(const cluster::ObjectKey& key);
Result<cluster::ObjectKey> key_from_json(const Json& json);

}  // namespace visionops::local
