// Resources as kubectl names them on the command line. PURE.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "operator/cluster/cluster_api.h"

namespace visionops::commands {

/// What is meant by words behind a command; no names: all of the kinds.
struct ResourceWords {
  std::vector<cluster::Kind> kinds;  ///< in the order given; with names the kind of each name
  std::vector<std::string> names;
};

/// "datasets", "datasets,pipelines", "dataset NAME...", "dataset/NAME pipeline/NAME...". No words give no kinds.
/// Invalid, with what is known or expected.
Result<ResourceWords> parse_resource_words(const std::vector<std::string>& words);

/// "datasets, pipelines, jobs": what the embedded cluster keeps.
std::string known_kind_words();

/// "dataset, pipeline, trainingjob": what users write.
std::string our_kind_words();

/// The same where names are a must.
Result<std::vector<cluster::ObjectKey>> parse_object_keys(const std::vector<std::string>& words,
                                                          const std::string& namespace_);

}  // namespace visionops::commands
