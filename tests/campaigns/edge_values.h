// The edges of what a schema allows, and a little beyond: what a person may write into one field.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"

namespace visionops::campaigns {

/// One field and one value for it; nullopt-like `absent`: the field is left out.
struct EdgeValue {
  std::string path;  ///< "/datasets/train/name", a JSON pointer below spec
  Json value;
  bool absent = false;
};

/// For every field of a structural OpenAPI schema, through objects and the first element of lists. Values that break
/// the schema are among them.
std::vector<EdgeValue> edge_values(const Json& schema);

/// `spec` with that one change.
Json with_edge(const Json& spec, const EdgeValue& edge);

/// "/seed = 7", cut for people.
std::string to_text(const EdgeValue& edge);

}  // namespace visionops::campaigns
