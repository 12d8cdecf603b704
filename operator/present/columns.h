// Tables of objects. Of our kinds they have the printer columns of the CRDs, so that `visionops get` and `kubectl get`
// show one picture. PURE.
#pragma once

#include <optional>
#include <string>

#include "operator/cluster/cluster_api.h"
#include "operator/present/text_table.h"

namespace visionops::commands {

/// `wide` adds MESSAGE and references, as -o wide of kubectl does.
TableRow header_of(cluster::Kind kind, bool wide);
TableRow row_of(const cluster::Object& object, TimePoint now, bool wide);

/// "dataset", "datasets", "vds", "Dataset", "datasets.visionops.dev" and so on; nullopt for other words.
std::optional<cluster::Kind> parse_kind(const std::string& word);

}  // namespace visionops::commands
