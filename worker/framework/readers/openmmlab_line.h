// What the lines of OpenMMLab's loggers have in common, old (mmcv) and new (MMEngine).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "worker/framework/story.h"

namespace visionops::framework {

/// "Epoch(train)  [1][8600/8930]  rest", "Iter(val) [50/80000]  rest", "Epoch [1][2400/7517]\trest"
struct OpenMmlabLine {
  bool by_epoch = false;
  bool validation = false;
  std::int64_t epoch = 0;  ///< 0: counted by iterations
  std::int64_t index = 0;
  std::int64_t total = 0;  ///< 0: not said
  std::string_view rest;
};
std::optional<OpenMmlabLine> openmmlab_line(std::string_view line);

/// Puts the line's place into the story, and its values: those of a validation are told only when they are scores.
void tell_openmmlab(const OpenMmlabLine& line, Story& story);

/// What a line without values may tell: "Saving checkpoint at 12 epochs", written at the end of each, whatever the
/// interval of the log is; "max_epochs=12", "max: 12 epochs", "max_iters=80000", how long the run will be.
bool tell_openmmlab_plan(std::string_view line, Story& story);

}  // namespace visionops::framework
