// Makes negatives of the images.
#include "worker/pipeline/manipulators/define.h"

namespace visionops::pipeline {

namespace operations {
extern const OperationKind invert;
}

namespace {

Result<Collection> unchanged(Collection c, const NoParams&, StepContext&) { return c; }

ImageOperations negative(const ImageView&, const NoParams&) { return {operation(operations::invert)}; }

}  // namespace

extern const Manipulator invert_colours = define<NoParams>({.name = "invert_colours",
                                                            .doc = "Makes negatives of the images.",
                                                            .category = contract::ManipulatorCategory::Augment,
                                                            .scopes = kPerSource},
                                                           unchanged, negative);

}  // namespace visionops::pipeline
