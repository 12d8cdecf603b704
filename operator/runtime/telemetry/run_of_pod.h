// Which run a Pod carries out, by what the cluster says of it: its labels alone could be anybody's.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "operator/cluster/cluster_api.h"
#include "worker/contract/run_spec.h"

namespace visionops::runtime {

/// null: it is not there.
using FindObject = std::function<std::shared_ptr<const cluster::Object>(const cluster::ObjectKey&)>;

/// The run of the Job that controls the Pod, of a resource in the Pod's own namespace. NotFound: Pod or Job is not
/// there (yet), or is another of that name. Invalid: the Pod carries out no run of ours, with the words for its sender.
Result<contract::RunOwner> run_of_pod(const cluster::ObjectKey& pod, const std::string& uid, const FindObject& find);

}  // namespace visionops::runtime
