// One look at one resource: the part of observation and decision that every kind has. Policies take a Pass and know
// no kind. Made in place where a step calls one: progress({o, d}, ...).
#pragma once

#include <string>
#include <string_view>

#include "operator/core/decision.h"
#include "operator/core/observed.h"

namespace visionops::core {

/// References into both, valid as long as they are.
struct Pass {
  template <class Observed, class Decision>
  Pass(const Observed& o, Decision& d)
      : meta(resource_of(o).meta), before(resource_of(o).status), seen(o), status(d.status), out(d) {}

  const api::ObjectMeta& meta;
  const api::RunStatus& before;  ///< as it is stored
  const RunObserved& seen;
  api::RunStatus& status;  ///< as decided so far
  Outcome& out;
};

/// On the way, or suspended: what is done or waited for.
void progress(const Pass& pass, api::Phase phase, std::string_view reason, const std::string& message);
/// The run is over, or refused before it began. An event only when it is news.
void fail(const Pass& pass, std::string_view reason, const std::string& message);
void succeed(const Pass& pass, std::string_view reason, const std::string& message);
/// Sets a condition beside the phase.
void tell(const Pass& pass, std::string_view type, api::ConditionStatus status, std::string_view reason,
          std::string message);

}  // namespace visionops::core
