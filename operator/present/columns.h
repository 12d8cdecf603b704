// The printer columns of the three kinds, the same as in the CRDs, so that `visionops get` and
// `kubectl get` show one picture. PURE.
#pragma once

#include <vector>

#include "operator/cluster/cluster_api.h"
#include "operator/present/text_table.h"

namespace visionops::commands {

/// `wide` adds MESSAGE and references, as -o wide of kubectl does.
TableRow header_of(cluster::Kind kind, bool wide);
TableRow row_of(const cluster::Object& object, TimePoint now, bool wide);

/// "dataset", "datasets", "vds", "Dataset" and so on; nullopt for other words.
std::optional<cluster::Kind> parse_kind(const std::string& word);
/// All kinds a user reads, in the order of the flow of data.
const std::vector<cluster::Kind>& user_kinds();
std::string kind_name(cluster::Kind kind);

}  // namespace visionops::commands
