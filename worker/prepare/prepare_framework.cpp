#include "worker/prepare/prepare_framework.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <new>
#include <system_error>
#include <utility>

#include "base/posix/small_files.h"
#include "worker/contract/framework_words.h"
#include "worker/layout/new_folder.h"
#include "worker/prepare/start.h"
#include "worker/prepare/weights.h"

namespace visionops::prepare {

namespace {

namespace fs = std::filesystem;
using contract::ExitCode;

bool asks_for(const std::vector<std::string>& texts, const char* name) {
  return std::ranges::any_of(texts, [name](const std::string& text) {
    const auto names = contract::names_in(text);
    return std::ranges::find(names, name) != names.end();
  });
}

/// Nothing here writes into a store: what is full is the Pod's own disk.
bool is_full_disk(const std::string& message) {
  for (const int code : {ENOSPC, EDQUOT}) {
    if (message.find(std::generic_category().message(code)) != std::string::npos) return true;
  }
  return false;
}

contract::ResultError error_of(ExitCode code, const std::string& message, const std::string& field = {}) {
  const bool full = code == ExitCode::StorageFailure && is_full_disk(message);
  return full ? contract::error_result(contract::FailureClass::DiskFull, message, field)
              : contract::error_result(code, message, field);
}

/// Every text of the run that names are filled in.
std::vector<std::string> texts_of(const contract::FrameworkRun& framework) {
  auto texts = framework.command;
  for (const auto& [name, text] : framework.environment) texts.push_back(text);
  return texts;
}

/// The framework may run as another user of the same group.
Status make_job_folder(const fs::path& folder) {
  if (auto made = layout::make_real_folder(folder); !made) return made;
  std::error_code ignored;  // of somebody else: then its modes are theirs
  fs::permissions(folder, fs::perms::group_write, fs::perm_options::add, ignored);
  return {};
}

/// The file appears whole or not at all.
Status write_whole(const fs::path& file, const std::string& text) {
  const auto temporary = file.string() + ".new";
  if (auto removed = layout::remove_tree(temporary); !removed) return removed;
  {
    const auto out = open_file(temporary, O_WRONLY | O_CREAT | O_EXCL);
    if (!out) return out.error();
    if (auto written = write_all(out->get(), text, temporary); !written) return written;
  }
  return std::rename(temporary.c_str(), file.c_str()) == 0 ? Status() : Status(system_error("cannot rename to", file));
}

class Preparation {
 public:
  Preparation(const contract::RunSpec& spec, const Surroundings& surroundings)
      : owner_(spec.owner),
        run_(*spec.train),
        framework_(*run_.framework),
        around_(surroundings),
        job_(surroundings.pod_dir / contract::kJobFolder),
        file_(surroundings.pod_dir / contract::kPreparedFile) {}

  PrepareOutcome go() {
    // Of an earlier start, which may have been of another run.
    if (auto removed = layout::remove_tree(file_); !removed) return fail(removed.error());
    if (auto made = make_job_folder(job_); !made) return fail(made.error());
    auto finished = find_end(run_, owner_, around_);
    if (!finished) return fail(finished.error());
    if (*finished) {
      around_.remark("The run had ended after epoch " + std::to_string((*finished)->epochs) +
                     "; its model is in the store, and nothing is trained");
      out_.prepared.finished = *std::move(finished);
      return end();
    }
    if (!framework_.layout.empty() && !lay_out()) return std::move(out_);
    if (auto found = weights(); !found) return fail(found.error());
    if (auto found = checkpoint(); !found) return fail(found.error());
    return end();
  }

 private:
  /// False: the outcome says why not.
  bool lay_out() {
    const layout::LayoutEnvironment environment{around_.open_store, around_.folder_of_store, around_.progress,
                                                around_.threads, around_.stop};
    out_.layout = layout::lay_out(run_, job_ / "data", environment);
    count(out_.layout);
    if (out_.layout.code != ExitCode::Done) {
      out_.code = out_.layout.code;
      out_.result.error = error_of(out_.code, out_.layout.problem, out_.layout.field);
      return false;
    }
    for (const auto& text : out_.layout.record.remarks) around_.remark(text);
    out_.prepared.data = (job_ / "data").string();
    out_.prepared.classes = out_.layout.record.classes;
    return true;
  }

  void count(const layout::LayoutOutcome& laid) {
    auto& facts = out_.result.pipeline.emplace();
    for (const auto& split : laid.record.splits) {
      facts.images_in += split.images_in;
      facts.images_out += split.images_out;
      facts.renamed_images += split.renamed;
    }
    facts.skipped_images = facts.images_in - facts.images_out;
    facts.loss = laid.record.loss;
    facts.reused = laid.reused;
  }

  Status weights() {
    if (!framework_.weights) return {};
    auto path = find_weights(*framework_.weights, job_, around_);
    if (!path) return path.error();
    out_.prepared.weights = *std::move(path);
    return {};
  }

  /// A runtime says by its words what it can do with a checkpoint.
  Status checkpoint() {
    const bool other = !run_.resume_path.empty() || !run_.resume_digest.empty();
    const auto texts = texts_of(framework_);
    const bool goes_on =
        asks_for(framework_.resume_command, contract::kCheckpointName) || asks_for(texts, contract::kCheckpointName);
    const bool takes_weights = asks_for(texts, contract::kWeightsName);
    if (!goes_on && !(other && takes_weights)) {
      return other ? Status(invalid_error("resumeFrom: runtime " + framework_.runtime +
                                          " takes neither {checkpoint} nor {weights}"))
                   : Status();
    }
    const auto start = find_start(run_, owner_, job_ / "resume", around_);
    unreadable_ = !start && start.error().cls == ErrorClass::Invalid;
    if (!start) return start.error();
    if (start->weights_only && takes_weights) {
      out_.prepared.weights = start->checkpoint;
    } else if (goes_on) {
      out_.prepared.checkpoint = start->checkpoint;
      out_.prepared.resumed_from_epoch = start->epoch;
      out_.prepared.best = start->best;
      out_.prepared.best_metrics = start->best_metrics;
    } else {
      out_.prepared.weights = start->checkpoint;
    }
    return {};
  }

  PrepareOutcome end() {
    if (around_.stop.stop_requested()) return fail({ErrorClass::Cancelled, "asked to stop"});
    if (auto written = write_whole(file_, contract::encode(out_.prepared)); !written) return fail(written.error());
    return std::move(out_);
  }

  PrepareOutcome fail(const Error& error) {
    out_.code = contract::exit_code_of(error.cls);
    out_.result.error = error_of(out_.code, error.message);
    if (unreadable_) {
      out_.result.error = contract::error_result(contract::FailureClass::CheckpointUnreadable, error.message);
    }
    return std::move(out_);
  }

  const contract::RunOwner& owner_;
  const contract::TrainRun& run_;
  const contract::FrameworkRun& framework_;
  const Surroundings& around_;
  const fs::path job_;
  const fs::path file_;
  bool unreadable_ = false;  ///< the checkpoint that resumeFrom names
  PrepareOutcome out_;
};

PrepareOutcome failed(ExitCode code, const std::string& message) {
  PrepareOutcome outcome;
  outcome.code = code;
  outcome.result.error = contract::error_result(code, message);
  return outcome;
}

}  // namespace

PrepareOutcome prepare_framework(const contract::RunSpec& spec, const Surroundings& surroundings) {
  try {
    if (!spec.train) return failed(ExitCode::InvalidInput, "run spec: train: is required");
    if (!spec.train->framework) return failed(ExitCode::InvalidInput, "run spec: train.framework: is required");
    return Preparation(spec, surroundings).go();
  } catch (const std::bad_alloc&) {
    return failed(ExitCode::StorageFailure, "out of memory");
  } catch (const std::exception& e) {
    return failed(ExitCode::Internal, e.what());
  }
}

}  // namespace visionops::prepare
