// Where the runtime puts what is not for the cluster: history, metrics, log.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "operator/core/record.h"
#include "operator/runtime/queue/observers.h"

namespace spdlog {
class logger;
}

namespace visionops::runtime {

/// Takes history rows; must be quick (a bounded queue stands behind it). Called from any thread.
using RecordSink = std::function<void(std::vector<core::Record>)>;

struct Outlets {
  RecordSink records;  ///< empty: no history
  Observers observers;
  std::shared_ptr<spdlog::logger> log;  ///< required
};

}  // namespace visionops::runtime
