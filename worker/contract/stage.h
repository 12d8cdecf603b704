// What a worker is doing, in the order of the work; the words of Progress::stage. A stage that is not in this list (of
// a newer worker) is shown as it is told. PURE.
#pragma once

#include <array>

#include "base/enum_names.h"

namespace visionops::contract {

enum class Stage { AnnotationProcessing, ImageWriting, Publishing, Preparing, Training, Evaluation };
constexpr auto names_of(Stage) {
  using enum Stage;
  return std::to_array<Named<Stage>>({{AnnotationProcessing, "AnnotationProcessing"},
                                      {ImageWriting, "ImageWriting"},
                                      {Publishing, "Publishing"},
                                      {Preparing, "Preparing"},
                                      {Training, "Training"},
                                      {Evaluation, "Evaluation"}});
}

}  // namespace visionops::contract
