// From what was told and how the process ended to one word: finished, or why not. PURE.
#pragma once

#include <optional>

#include "worker/framework/failures/failure_notes.h"
#include "worker/framework/run_reader.h"
#include "worker/framework/story.h"

namespace visionops::framework {

struct Told {
  const Story& story;
  const FailureNotes& notes;
  std::string_view last_line;  ///< of all, also of those that told nothing
  std::int32_t resumed_from_epoch = 0;
};

Verdict judge(const Told& told, const ExitFacts& facts);

}  // namespace visionops::framework
