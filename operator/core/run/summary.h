// The kstatus summary of a resource: Ready always, and of Reconciling, Stalled, Suspended, Complete
// and Failed those that hold (absent means False, as kstatus reads it).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "operator/api/run_status.h"

namespace visionops::core {

enum class Standing {
  Progressing,  ///< Ready=False, Reconciling=True
  Done,         ///< Ready=True, Complete=True
  Suspended,    ///< Ready=False, Suspended=True
  Failed,       ///< Ready=False, Stalled=True, Failed=True: nothing changes until a person acts
};

struct Summary {
  Standing standing = Standing::Progressing;
  std::string reason;
  std::string message;
};

/// Keeps the promise that Ready is always there: gives a status that has lost its conditions (somebody
/// edited it) the summary of its phase. Nothing when Ready is there.
void restore_summary(api::RunStatus& status, Standing standing, std::string_view reason, TimePoint now);

/// Replaces the summary conditions and the one-line message of a status.
void summarize(api::RunStatus& status, const Summary& summary, TimePoint now);

void set_summary(std::vector<api::Condition>& conditions, const Summary& summary, TimePoint now);
/// Sets one condition; the generation is stamped on all conditions at the end of a pass.
void set(std::vector<api::Condition>& conditions, std::string_view type, api::ConditionStatus status,
         std::string_view reason, std::string message, TimePoint now);
/// Every condition has been considered in this pass.
void stamp_generation(std::vector<api::Condition>& conditions, std::int64_t generation);

}  // namespace visionops::core
