// CustomResourceDefinitions (apiextensions.k8s.io/v1) from the field tables of operator/api.
#pragma once

#include <string>
#include <vector>

#include "base/json_fwd.h"

namespace visionops::crds {

struct PrinterColumn {
  std::string name;
  std::string type;  ///< "string", "integer", "date"
  std::string json_path;
  std::string description;
  bool wide = false;  ///< only with -o wide
};

struct Resource {
  std::string kind;
  std::string plural;
  std::string short_name;
  std::string description;
  std::vector<PrinterColumn> columns;
  Json (*spec_schema)();
  Json (*status_schema)();
};

/// Our kinds, in the order of the table (cluster/kinds.h).
const std::vector<Resource>& resources();

/// The CRD as Kubernetes reads it: structural schema, no defaults, printer columns, status subresource.
Json custom_resource_definition(const Resource& resource);

/// "datasets.visionops.dev", the name of the CRD.
std::string crd_name(const Resource& resource);

}  // namespace visionops::crds
