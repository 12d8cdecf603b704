// Stores are declared by the administrator; a resource may only name those.
#pragma once

#include <optional>
#include <string>

#include "operator/core/decision.h"
#include "operator/core/observed.h"

namespace visionops::core {

/// UnknownStore when the platform declares stores and `store` is none of them; `field` is the path of
/// the field that names it.
std::optional<Refusal> refuse_unknown_store(const Platform& platform, const std::string& store,
                                            const std::string& field);

}  // namespace visionops::core
