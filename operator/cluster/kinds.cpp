#include "operator/cluster/kinds.h"

namespace visionops::cluster {

std::string kind_names(std::span<const Kind> kinds) {
  std::string out;
  for (const auto kind : kinds) out.append(out.empty() ? "" : ", ").append(kind_name(kind));
  return out;
}

std::string kind_plurals(std::span<const Kind> kinds, std::string_view between) {
  std::string out;
  for (const auto kind : kinds) out.append(out.empty() ? "" : between).append(row_of(kind).plural);
  return out;
}

}  // namespace visionops::cluster
