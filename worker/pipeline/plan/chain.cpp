#include "worker/pipeline/plan/chain.h"

#include <algorithm>
#include <utility>

#include "worker/pipeline/manipulators/manipulator.h"

namespace visionops::pipeline {
namespace {

using contract::ManipulatorCall;
using contract::ManipulatorScope;

constexpr const char* kMerge = "merge_datasets";

ChainCounts counts_of(const std::vector<Collection>& all) {
  ChainCounts counts;
  for (const auto& c : all) {
    counts.images += c.annotations.images.size();
    counts.objects += c.annotations.objects.size();
    counts.classes = std::max(counts.classes, c.annotations.categories.size());
  }
  return counts;
}

/// Appends what the manipulator wants done to the pixels of each image, as the image is before the step.
void collect_operations(Collection& c, const BoundManipulator& bound) {
  if (!bound.operations) return;
  const auto by_image = annotations::group_by_image(c.annotations);
  for (std::size_t i = 0; i < c.origins.size(); ++i) {
    add_operations(c, i, bound.operations({c.annotations, i, by_image.of(i)}));
  }
}

Result<Collection> run_on_one(Collection c, const BoundManipulator& bound, StepContext& context) {
  collect_operations(c, bound);
  auto out = std::get<StepOnOne>(bound.annotations)(std::move(c), context);
  if (out.ok() && out->origins.size() != out->annotations.images.size()) {
    return internal_error("a manipulator lost the origin of an image");
  }
  if (out.ok()) take_resulting_sizes(*out);
  return out;
}

class Fold {
 public:
  Fold(const contract::PipelineRun& run, std::vector<Collection> sources, annotations::WriterOf writer_of)
      : run_(run), writer_of_(writer_of), now_(std::move(sources)) {}

  Result<Chain> run() {
    for (std::size_t s = 0; s < run_.sources.size(); ++s) {
      const auto& calls = run_.sources[s].manipulators;
      for (std::size_t m = 0; m < calls.size(); ++m) {
        const auto where = "sources[" + std::to_string(s) + "].manipulators[" + std::to_string(m) + "]";
        if (auto done = step(calls[m], ManipulatorScope::PerSource, where, s, s + 1); !done) return done.error();
      }
    }
    if (auto done = merge_if_not_named(); !done) return done.error();
    for (std::size_t m = 0; m < run_.post_merge.size(); ++m) {
      const auto where = "postMerge[" + std::to_string(m) + "]";
      if (auto done = step(run_.post_merge[m], ManipulatorScope::PostMerge, where, 0, now_.size()); !done) {
        return done.error();
      }
    }
    if (now_.size() != 1) return internal_error("the chain ended with " + std::to_string(now_.size()) + " collections");
    chain_.collection = std::move(now_.front());
    for (auto& origin : chain_.collection.origins) origin.operations = fold(std::move(origin.operations));
    return std::move(chain_);
  }

 private:
  Status merge_if_not_named() {
    const bool named = std::any_of(run_.post_merge.begin(), run_.post_merge.end(),
                                   [](const ManipulatorCall& call) { return call.name == kMerge; });
    if (now_.size() == 1 || named) return {};
    return step({kMerge, {}}, ManipulatorScope::PostMerge, "postMerge (implied)", 0, now_.size());
  }

  /// Runs a call on the collections [first, last); a merge puts one in their place.
  Status step(const ManipulatorCall& call, ManipulatorScope scope, const std::string& where, std::size_t first,
              std::size_t last) {
    Problems problems;
    contract::validate_call(call, scope, where, problems);
    if (!problems.empty()) return invalid_error(describe(problems));
    const auto* manipulator = find_manipulator(call.name);
    const auto bound = manipulator->bind(call.params, where + "." + call.name, problems);
    if (!bound) return invalid_error(describe(problems));

    StepContext context;
    context.seed = static_cast<std::uint64_t>(run_.seed);
    context.tasks = run_.tasks;
    context.writer_of = writer_of_;
    StepLog log{where, call.name, manipulator->about.version, call.params.json, {}, {}, {}};
    const auto begin = now_.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = now_.begin() + static_cast<std::ptrdiff_t>(last);
    std::vector<Collection> input(std::make_move_iterator(begin), std::make_move_iterator(end));
    log.before = counts_of(input);
    auto output = apply(*bound, std::move(input), context);
    if (!output) return output.error().in(where + "." + call.name);
    log.after = counts_of(*output);
    now_.erase(begin, end);
    now_.insert(now_.begin() + static_cast<std::ptrdiff_t>(first), std::make_move_iterator(output->begin()),
                std::make_move_iterator(output->end()));
    report(std::move(log), std::move(context));
    return {};
  }

  static Result<std::vector<Collection>> apply(const BoundManipulator& bound, std::vector<Collection> input,
                                               StepContext& context) {
    std::vector<Collection> output;
    if (const auto* merge = std::get_if<StepOnAll>(&bound.annotations)) {
      auto merged = (*merge)(std::move(input), context);
      if (!merged) return merged.error();
      output.push_back(*std::move(merged));
      return output;
    }
    for (auto& c : input) {
      auto done = run_on_one(std::move(c), bound, context);
      if (!done) return done.error();
      output.push_back(*std::move(done));
    }
    return output;
  }

  void report(StepLog log, StepContext context) {
    log.notes = std::move(context.notes);
    chain_.findings.merge(context.findings);
    chain_.loss.add(context.loss);
    chain_.log.push_back(std::move(log));
  }

  const contract::PipelineRun& run_;
  annotations::WriterOf writer_of_;
  std::vector<Collection> now_;
  Chain chain_;
};

}  // namespace

Result<Chain> fold_chain(const contract::PipelineRun& run, std::vector<Collection> sources,
                         annotations::WriterOf writer_of) {
  if (run.sources.empty()) return invalid_error("sources: at least one is needed");
  if (run.sources.size() != sources.size())
    return internal_error("the sources and the loaded collections differ in number");
  return Fold(run, std::move(sources), writer_of).run();
}

}  // namespace visionops::pipeline
