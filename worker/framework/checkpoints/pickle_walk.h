// Walks through a pickle of Python without running it: where it ends, and which storages of tensors it names. Nothing
// is imported, called or built.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "worker/framework/checkpoints/byte_reader.h"

namespace visionops::framework {

/// Bytes of the storages that a pickle of torch names by persistent ids, by their key.
using Storages = std::map<std::string, std::uint64_t>;

enum class Walk {
  Ended,    ///< behind its last operation
  Cut,      ///< the file ends before
  Unknown,  ///< an operation that is not known: nothing can be said
};

Walk walk_pickle(ByteReader& reader, Storages& storages);

}  // namespace visionops::framework
