// Limits the JPEG quality of the images.
#include "worker/pipeline/manipulators/define.h"
#include "worker/pipeline/pixels/operations/reencode.h"

namespace visionops::pipeline {
namespace {

struct Params {
  std::int32_t quality = 0;

  static const Table<Params>& fields() {
    static const Table<Params> table{
        field("quality", &Params::quality,
              "Highest JPEG quality of the result. A file that is compressed at least as strongly is not touched; "
              "files of other formats are not touched.")
            .required()
            .unit("IJG quality")
            .range(1, 100)
            .example("85"),
    };
    return table;
  }
};

Result<Collection> unchanged(Collection c, const Params&, StepContext&) { return c; }

ImageOperations reencode(const ImageView&, const Params& params) { return {Reencode{params.quality}}; }

}  // namespace

extern const Manipulator change_compression =
    define<Params>({.name = "change_compression",
                    .doc = "Writes JPEG files again with at most the given quality.",
                    .category = contract::ManipulatorCategory::Augment,
                    .scopes = kPerSource,
                    .example = R"({"quality":85})"},
                   unchanged, reencode);

}  // namespace visionops::pipeline
