// The rights of the operator that follow from the table of kinds, for the chart and for the page that tells them.
#pragma once

#include <string>

namespace visionops::crds {

/// Templates of Helm: "visionops.kindRules", the rules of a Role, and "visionops.kinds", the resources that are ours.
std::string rights_template();
/// The same rules as Markdown.
std::string rights_reference();

}  // namespace visionops::crds
