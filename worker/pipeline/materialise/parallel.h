// A loop over indexes on a few threads.
#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>

#include "base/result.h"

namespace visionops::pipeline {

/// Calls body(i) once for every i < count, on `threads` threads (0: all cores), in no fixed order.
/// After the first error no further index is taken and that error is returned; Cancelled when `stop` came
/// before all indexes were done. Exceptions of body become Internal.
Status parallel_for(std::size_t count, unsigned threads, std::stop_token stop,
                    const std::function<Status(std::size_t)>& body);

}  // namespace visionops::pipeline
