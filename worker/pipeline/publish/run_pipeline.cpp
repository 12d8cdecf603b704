#include "worker/pipeline/publish/run_pipeline.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "worker/pipeline/plan/explain.h"
#include "worker/pipeline/plan/loss_check.h"
#include "worker/pipeline/plan/remaining_annotations.h"
#include "worker/pipeline/publish/label_writer.h"
#include "worker/pipeline/publish/output_folder.h"
#include "worker/pipeline/publish/part.h"
#include "worker/pipeline/publish/prepare_run.h"
#include "worker/pipeline/publish/publish_dataset.h"
#include "worker/pipeline/publish/result_of_run.h"
#include "worker/pipeline/publish/skipped_images.h"
#include "worker/pipeline/publish/source_contents.h"

namespace visionops::pipeline {
namespace {

using contract::ExitCode;
using contract::PipelineRun;
using dataset_folder::Manifest;

/// How long a shard waits for shard 0 to clear the folder of an unfinished other plan.
constexpr int kClaimTries = 60;
constexpr auto kClaimPause = std::chrono::seconds(1);

/// One run of one shard, after it was prepared.
class ShardRun {
 public:
  ShardRun(const PipelineRun& run, const RunEnvironment& environment, PreparedRun& prepared, SourceContents& contents)
      : run_(run), env_(environment), prepared_(prepared), loss_(prepared.loss), contents_(contents) {}

  RunOutcome go() {
    if (!loss_.refused.empty()) return refuse_loss();
    if (prepared_.plan.items.empty()) return end_with(ExitCode::QualityFailed, nothing_left(), "");
    auto store = env_.open_store(run_.output.store);
    if (!store) return fail(store.error().in("output.store"));
    output_ = {*store, run_.output.path};
    auto claim = claim_with_patience();
    if (!claim) return fail(claim.error());
    if (auto* published = std::get_if<AlreadyPublished>(&*claim)) return reuse(published->manifest);
    if (std::holds_alternative<WaitForFirstShard>(*claim)) {
      return end_with(ExitCode::RetryRequested,
                      "the output folder holds an unfinished other plan that shard 0 has to clear", "");
    }
    return write_and_publish(std::get<Claimed>(*claim));
  }

 private:
  std::string nothing_left() const {
    std::string text = "no image is left after the last step";
    for (const auto& step : prepared_.log) {
      if (step.before.images > 0 && step.after.images == 0) {
        text = "no image is left after " + step.where + "." + step.manipulator;
        for (const auto& note : step.notes) text += "; " + note;
        break;
      }
    }
    return text;
  }

  Result<FolderClaim> claim_with_patience() {
    for (int attempt = 0;; ++attempt) {
      auto claim = claim_folder(output_, prepared_.plan.digest, env_.shard);
      if (!claim || !std::holds_alternative<WaitForFirstShard>(*claim) || attempt == kClaimTries) return claim;
      if (env_.stop.stop_requested()) return Error{ErrorClass::Cancelled, "asked to stop"};
      std::this_thread::sleep_for(kClaimPause);
    }
  }

  RunOutcome write_and_publish(const Claimed& claim) {
    auto part = read_part(output_, prepared_.plan.digest, env_.shard, run_.shards);
    if (!part) return fail(part.error());
    if (!*part) {
      auto made = make_part(claim);
      if (!made) return fail(made.error());
      if (!made->has_value()) return end_as_changed();
      *part = *std::move(made);
    }
    own_ = &**part;
    add_skipped({**part});
    if (!loss_.refused.empty()) return withdraw();
    auto parts = all_parts(**part);
    if (!parts) return fail(parts.error());
    if (parts->empty()) return others_at_work();
    add_skipped(*parts);
    add_unended(*parts);
    report(contract::Stage::Publishing, 0, 1);
    auto manifest = publish_dataset(
        {run_, prepared_.plan, loss_, prepared_.counts, prepared_.findings, output_, *prepared_.writer}, *parts);
    if (!manifest) {
      if (manifest.error().cls == ErrorClass::NotFound)
        return end_with(ExitCode::QualityFailed, manifest.error().message, "");
      return fail(manifest.error());
    }
    if (auto released = release_folder(output_); !released) return fail(released.error());
    report(contract::Stage::Publishing, 1, 1);
    return published(*manifest, *parts);
  }

  /// What the writing itself left out is known only now.
  void add_skipped(const std::vector<Part>& parts) {
    auto report = prepared_.loss.report;
    report.add(loss_of_images(run_, skipped_images(prepared_.plan, parts)));
    loss_ = check_loss(run_, std::move(report));
  }

  /// What the writing saw of images that it wrote as they are.
  void add_unended(const std::vector<Part>& parts) {
    for (const auto& part : parts) {
      for (const auto item : part.no_end_mark) {
        if (item < 0 || item >= static_cast<std::int64_t>(prepared_.plan.items.size())) continue;
        prepared_.findings.add({"MissingEndMark", prepared_.plan.items[static_cast<std::size_t>(item)].source_path, "",
                                "the picture is whole, but the JPEG has no end mark: Pillow, and so most trainers, "
                                "refuse it"});
      }
    }
  }

  RunOutcome refuse_loss() const { return end_with(ExitCode::LossNotAllowed, refusal(loss_), "allowLoss"); }

  /// Refused after the images were read: what was written goes again. Other shards may still be writing; their folder
  /// belongs to this plan until it is run again or another plan clears it, and holds no version.
  RunOutcome withdraw() {
    if (run_.shards == 1) {
      if (auto removed = withdraw_files(output_, *own_); !removed) return fail(removed.error());
    }
    return refuse_loss();
  }

  /// Usually; but when this shard ran again while the others published, the part just written is a left-over.
  RunOutcome others_at_work() {
    auto claim = claim_folder(output_, prepared_.plan.digest, env_.shard);
    if (!claim) return fail(claim.error());
    if (auto* published = std::get_if<AlreadyPublished>(&*claim)) return reuse(published->manifest);
    return shard_done();
  }

  /// nullopt when the sources changed while they were read: what was written is then of nobody's content.
  Result<std::optional<Part>> make_part(const Claimed& claim) {
    MaterialiseInput input{prepared_.plan, prepared_.folders, output_,   run_.images, env_.shard, run_.shards,
                           env_.threads,   claim.resumed,     env_.stop, {},          {}};
    const auto shards = static_cast<std::size_t>(run_.shards);
    const auto mine = (prepared_.plan.items.size() + shards - 1 - static_cast<std::size_t>(env_.shard)) / shards;
    const auto total = static_cast<std::int64_t>(mine);
    report(contract::Stage::ImageWriting, 0, total);
    input.progress = [&](std::int64_t done) { report(contract::Stage::ImageWriting, done, total); };
    std::optional<LabelWriter> labels;
    if (const auto* image_file = prepared_.writer->image_file) {
      labels.emplace(run_, prepared_.plan, *image_file, output_);
      input.beside = [&](const WrittenImage& image) { return labels->write(image); };
    }
    auto made = materialise(input);
    if (!made) return made.error();
    if (labels && claim.resumed) labels->remove(made->skipped);

    Part part{prepared_.plan.digest, env_.shard, run_.shards, {}, {}, {}};
    if (labels) part.files = labels->take_files();
    for (const auto& image : made->written) {
      part.files.push_back({prepared_.plan.items[image.item].destination, image.file.size, image.file.sha256});
      if (image.no_end_mark) part.no_end_mark.push_back(image.item);
    }
    for (const auto& skip : made->skipped) part.skipped.push_back({skip.item, skip.kind, skip.message});
    // Another node may publish: what this one wrote has to be durable before it says so.
    if (run_.shards > 1) {
      if (auto synced = output_.store->sync(); !synced) return synced.error();
    }
    if (auto checked = contents_.check(env_); !checked) return checked.error();
    if (!contents_.changed().empty()) return std::optional<Part>{};
    if (auto written = write_part(output_, part); !written) return written.error();
    return std::optional<Part>{std::move(part)};
  }

  /// Empty while a shard is still at work, or when another shard has published meanwhile.
  Result<std::vector<Part>> all_parts(const Part& own) {
    std::vector<Part> parts;
    for (std::int32_t shard = 0; shard < run_.shards; ++shard) {
      if (shard == own.shard) {
        parts.push_back(own);
        continue;
      }
      auto part = read_part(output_, prepared_.plan.digest, shard, run_.shards);
      if (!part) return part.error();
      if (!*part) return std::vector<Part>{};
      parts.push_back(**std::move(part));
    }
    return parts;
  }

  RunOutcome end_as_changed() {
    if (auto disowned = disown_folder(output_); !disowned) return fail(disowned.error());
    return end_with(ExitCode::ContentChanged, contents_.changed(), "");
  }

  void report(contract::Stage stage, std::int64_t done, std::int64_t total) {
    if (env_.progress) env_.progress({std::string(enum_name(stage)), done, total, 0, 0});
  }

  contract::PipelineFacts facts() const {
    contract::PipelineFacts facts;
    for (const auto& counts : prepared_.counts) facts.images_in += counts.images;
    facts.renamed_images = prepared_.plan.renamed();
    facts.skipped_images = static_cast<std::int64_t>(prepared_.plan.left_out.size());
    for (const auto& entry : loss_.report.entries) facts.loss[std::string(enum_name(entry.kind))] = entry.count;
    return facts;
  }

  RunOutcome reuse(const Manifest& manifest) {
    // It may have been made by a run that allowed more.
    loss_ = check_loss(run_, loss_in(manifest));
    if (!loss_.refused.empty()) return refuse_loss();
    // A run that was killed after its manifest left its work folder.
    if (auto released = release_folder(output_); !released) return fail(released.error());
    RunOutcome outcome = published(manifest, {});
    outcome.result.pipeline->reused = true;
    return outcome;
  }

  RunOutcome published(const Manifest& manifest, const std::vector<Part>& parts) {
    RunOutcome outcome = done();
    auto f = facts();
    f.images_out = manifest.images;
    f.skipped_images = static_cast<std::int64_t>(manifest.skipped.size());
    f.published = true;
    outcome.result.pipeline = std::move(f);
    const RemainingAnnotations remaining(prepared_.plan.annotations, images_not_in(manifest, prepared_.plan));
    outcome.result.dataset =
        dataset_facts(run_, manifest, remaining.get(), prepared_.findings, prepared_.plan, parts, *prepared_.writer);
    return outcome;
  }

  RunOutcome shard_done() {
    RunOutcome outcome = done();
    auto f = facts();
    f.skipped_images += static_cast<std::int64_t>(own_->skipped.size());
    const auto images = images_folder(prepared_.plan);
    for (const auto& file : own_->files) f.images_out += file.path.starts_with(images) ? 1 : 0;
    outcome.result.pipeline = std::move(f);
    return outcome;
  }

  RunOutcome done() const {
    RunOutcome outcome;
    outcome.loss = loss_.report;
    outcome.findings = prepared_.findings;
    return outcome;
  }

  RunOutcome fail(const Error& error) const { return end_with(exit_code_of(error.cls), error.message, ""); }

  RunOutcome end_with(ExitCode code, const std::string& message, const std::string& field) const {
    RunOutcome outcome = done();
    outcome.code = code;
    outcome.result.error = error_result(code, message, field);
    outcome.result.pipeline = facts();
    return outcome;
  }

  const PipelineRun& run_;
  const RunEnvironment& env_;
  PreparedRun& prepared_;  ///< findings are added to it
  LossCheck loss_;
  SourceContents& contents_;
  SourceFolder output_;
  const Part* own_ = nullptr;
};

RunOutcome failed(ExitCode code, const std::string& message) {
  RunOutcome outcome;
  outcome.code = code;
  outcome.result.error = error_result(outcome.code, message, "");
  return outcome;
}

RunOutcome failed(const Error& error) { return failed(exit_code_of(error.cls), error.message); }

/// An attempt before this one may have been cut off after the change.
RunOutcome refuse_changed(const PipelineRun& run, const RunEnvironment& environment, const std::string& changed) {
  const auto store = environment.open_store(run.output.store);
  if (!store) return failed(store.error().in("output.store"));
  if (auto disowned = disown_folder({*store, run.output.path}); !disowned) return failed(disowned.error());
  return failed(ExitCode::ContentChanged, changed);
}

}  // namespace

RunOutcome run_pipeline(const PipelineRun& run, const RunEnvironment& environment) {
  try {
    if (environment.shard < 0 || environment.shard >= run.shards) {
      return failed(invalid_error("shard " + std::to_string(environment.shard) + " of " + std::to_string(run.shards) +
                                  " does not exist"));
    }
    if (auto status = check_run(run); !status) return failed(status.error());
    SourceContents contents(run);
    if (auto checked = contents.check(environment); !checked) return failed(checked.error());
    if (!contents.changed().empty()) return refuse_changed(run, environment, contents.changed());
    auto prepared = prepare_run(run, environment);
    if (!prepared) return failed(prepared.error());
    return ShardRun(run, environment, *prepared, contents).go();
  } catch (const std::bad_alloc&) {
    return failed(retry_error("out of memory"));
  } catch (const std::exception& e) {
    return failed(internal_error(e.what()));
  }
}

Result<std::string> explain_pipeline(const PipelineRun& run, const RunEnvironment& environment,
                                     std::size_t max_images) {
  try {
    if (auto status = check_run(run); !status) return status.error();
    auto prepared = prepare_run(run, environment);
    if (!prepared) return prepared.error();
    return explain(run, prepared->log, prepared->loss, prepared->plan, max_images);
  } catch (const std::exception& e) {
    return internal_error(e.what());
  }
}

}  // namespace visionops::pipeline
