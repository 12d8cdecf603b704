// The spelling of the kinds, as it stands in manifests, in the journal and in messages.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json_fwd.h"
#include "base/result.h"
#include "operator/cluster/cluster_api.h"

namespace visionops::local {

/// "TrainingJob"
std::string_view kind_name(cluster::Kind kind);
std::optional<cluster::Kind> parse_kind(std::string_view name);
/// Dataset, Pipeline or TrainingJob: what users write.
bool is_custom(cluster::Kind kind);
/// ", "-joined names of the kinds that users write.
std::string custom_kind_names();

/// {"kind":"Pod","namespace":"default","name":"p"}, as the journal writes it.
Json to_json(const cluster::ObjectKey& key);
Result<cluster::ObjectKey> key_from_json(const Json& json);

}  // namespace visionops::local
