// Draws n images; the draw hashes the seed with where an image came from, so it does not depend on
// order, threads or shards, and a smaller sample is part of a larger one of the same seed.
#include <map>

#include "worker/pipeline/manipulators/define.h"

namespace visionops::pipeline {
namespace {

struct Params {
  std::int64_t n = 0;
  bool per_source = true;

  static const Table<Params>& fields() {
    static const Table<Params> table{
        field("n", &Params::n, "How many images to draw; all stay when there are fewer.")
            .required()
            .range(1, 1e9)
            .example("100"),
        field("perSource", &Params::per_source,
              "After a merge: true draws n images of each source, false draws n images altogether."),
    };
    return table;
  }
};

Result<Collection> sample(Collection c, const Params& params, StepContext& context) {
  std::vector<bool> keep(c.origins.size(), false);
  std::map<std::uint32_t, std::int64_t> taken;
  for (const auto image : seeded_order(c, context.seed)) {
    auto& count = taken[params.per_source ? c.origins[image].source : 0];
    if (count >= params.n) continue;
    keep[image] = true;
    ++count;
  }
  retain_images(c, keep);
  return c;
}

}  // namespace

extern const Manipulator sample_n_images =
    define<Params>({.name = "sample_n_images",
                    .doc = "Draws n images of each source at random; the same seed draws the same images.",
                    .category = contract::ManipulatorCategory::Sample,
                    .scopes = kBothScopes,
                    .example = R"({"n":100})"},
                   sample);

}  // namespace visionops::pipeline
