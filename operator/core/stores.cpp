#include "operator/core/stores.h"

#include <algorithm>

#include "operator/core/reasons.h"

namespace visionops::core {

std::optional<Refusal> refuse_unknown_store(const Platform& platform, const std::string& store,
                                            const std::string& field) {
  const auto& known = platform.stores;
  if (known.empty() || std::find(known.begin(), known.end(), store) != known.end()) return std::nullopt;
  std::string names;
  for (const auto& name : known) names += (names.empty() ? "" : ", ") + name;
  return Refusal{std::string(reason::kUnknownStore),
                 field + ": store \"" + store + "\" is not declared; known stores: " + names};
}

}  // namespace visionops::core
