// The columns of a table of resources, the same for `kubectl get` (printer columns of the CRD) and `visionops get`.
// Name and age stand in every table, the message of the status in every wide one; they are nobody's columns here.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "operator/api/conditions.h"

namespace visionops::api {

template <class Resource>
struct Column {
  std::string_view name;                           ///< "Images"
  std::string_view type;                           ///< of the CRD: "string" or "integer"
  std::string_view path;                           ///< JSON path; empty: not a column of kubectl
  std::string_view description;                    ///< one sentence
  std::string (*cell)(const Resource&) = nullptr;  ///< null: not a column of `visionops get`
  bool wide = false;                               ///< only with -o wide
};

/// What stands in a cell that would be empty.
inline std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

}  // namespace visionops::api
