#include "worker/layout/lay_out.h"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "base/digest.h"
#include "base/json.h"
#include "worker/dataset/formats/class_folders/class_folders.h"
#include "worker/layout/fill_layout.h"
#include "worker/layout/layout_kind.h"
#include "worker/layout/new_folder.h"
#include "worker/layout/split_contents.h"
#include "worker/layout/split_layout.h"
#include "worker/pipeline/plan/loss_check.h"

namespace visionops::layout {

namespace {

namespace fs = std::filesystem;
using contract::ExitCode;
using contract::Stage;

/// Part of every key: changes when equal Datasets shall be laid out in another way than before.
constexpr const char* kLayoutVersion = "1";
constexpr std::size_t kNamed = 5;  // classes in a remark

std::string named(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < kNamed; ++i) out += (i == 0 ? "" : ", ") + names[i];
  return names.size() > kNamed ? out + " and " + std::to_string(names.size() - kNamed) + " more" : out;
}

class LayingOut {
 public:
  LayingOut(const contract::TrainRun& run, fs::path folder, const LayoutEnvironment& environment)
      : run_(run), framework_(*run.framework), folder_(std::move(folder)), env_(environment), contents_(sources_) {}

  LayoutOutcome go() {
    kind_ = find_layout(framework_.layout);
    if (kind_ == nullptr) {
      return end(ExitCode::InvalidInput, framework_.layout + " is no layout, only " + layout_names(),
                 "framework.layout");
    }
    if (auto opened = open_sources(); !opened) return fail(opened.error());
    if (auto checked = contents_.check(env_.threads); !checked) return fail(checked.error());
    if (!contents_.changed().empty()) return end(ExitCode::ContentChanged, contents_.changed());
    out_.record.key = key();
    if (reuse()) return std::move(out_);
    if (auto loaded = load(); !loaded) return fail(loaded.error());
    plan();
    if (auto refused = refuse(); refused.code != ExitCode::Done) return refused;
    return write();
  }

 private:
  Status open_sources() {
    const auto add = [this](const char* split, const contract::DatasetLocation& dataset) -> Status {
      SplitSource source{split, dataset, nullptr};
      auto store = env_.open_store(dataset.store);
      if (!store) return store.error().in(source.field());
      source.store = *std::move(store);
      sources_.push_back(std::move(source));
      return {};
    };
    if (auto added = add("train", run_.train); !added) return added;
    if (run_.val) {
      if (auto added = add("val", *run_.val); !added) return added;
    }
    return run_.test ? add("test", *run_.test) : Status();
  }

  std::string key() const {
    Json parts = Json::array({kLayoutVersion, framework_.layout, std::string(enum_name(run_.task)), folder_.string()});
    for (const auto kind : framework_.allow_loss) parts.push_back(std::string(enum_name(kind)));
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      const auto& d = sources_[i].dataset;
      const auto place = env_.folder_of_store(d.store);
      parts.push_back(Json::array({sources_[i].split, place ? place->string() : d.store, d.path,
                                   std::string(d.format.name()), std::string(enum_name(d.split)), d.annotations,
                                   d.image_root, d.digest, contents_.fingerprints()[i]}));
    }
    return "sha256:" + sha256_hex(dump_json(parts));
  }

  bool reuse() {
    auto there = read_record(folder_);
    if (!there || there->key != out_.record.key) return false;
    out_.record = *std::move(there);
    out_.reused = true;
    return true;
  }

  Status load() {
    const auto total = std::ssize(sources_);
    std::int64_t done = 0;
    for (const auto& source : sources_) {
      if (env_.stop.stop_requested()) return Error{ErrorClass::Cancelled, "asked to stop"};
      auto loaded = load_split(source, env_.threads);
      if (!loaded) return loaded.error();
      loaded_.push_back(*std::move(loaded));
      report(Stage::AnnotationProcessing, ++done, total);
    }
    return {};
  }

  void plan() {
    std::vector<const annotations::Annotations*> sets;
    for (const auto& split : loaded_) sets.push_back(&split.collection.annotations);
    classes_ = unite_classes(sets);
    if (kind_->class_folders) sort_classes(classes_, class_folders::can_be_folder);
    out_.record.classes = static_cast<std::int32_t>(classes_.usable);
    for (auto& split : std::exchange(loaded_, {})) {
      auto laid = plan_split(std::move(split), run_, *kind_, classes_);
      add_loss(laid);
      out_.record.splits.push_back({laid.source.split, laid.images_in, std::ssize(laid.plan.items), laid.plan.renamed(),
                                    laid.objects_in, laid.objects_out});
      splits_.push_back(std::move(laid));
    }
    remark_on_classes();
    if (!run_.val)
      remark("There is no validation set: val is the training set, and what is measured on it says little");
  }

  /// Files of two Datasets may have one name: the split is told, too.
  void add_loss(const SplitLayout& split) {
    auto loss = split.loss;
    if (sources_.size() > 1) {
      for (auto& entry : loss.entries) {
        for (auto& example : entry.examples) example.insert(0, split.source.split + ": ");
      }
    }
    out_.loss.add(loss);
  }

  /// Of what the model does not see, it learns nothing.
  void remark_on_classes() {
    const auto unseen = classes_without_objects(splits_.front().plan.annotations, classes_);
    if (!unseen.empty()) remark("No object of the training set has the class " + named(unseen));
    if (!kind_->class_folders) return;
    for (std::size_t i = 1; i < splits_.size(); ++i) {
      const auto absent = classes_without_objects(splits_[i].plan.annotations, classes_);
      if (!absent.empty()) remark("The folder of " + named(absent) + " is empty in " + splits_[i].source.split);
    }
  }

  LayoutOutcome refuse() {
    contract::PipelineRun allowing;
    allowing.allow_loss = framework_.allow_loss;
    const auto check = pipeline::check_loss(allowing, out_.loss);
    for (const auto& entry : out_.loss.entries) out_.record.loss[std::string(enum_name(entry.kind))] = entry.count;
    if (!check.refused.empty()) return end(ExitCode::LossNotAllowed, pipeline::refusal(check), "allowLoss");
    for (const auto& split : splits_) {
      if (!split.plan.items.empty()) continue;
      return end(ExitCode::QualityFailed, "no picture of the Dataset can be used", split.source.field());
    }
    if (classes_.usable == 0) return end(ExitCode::QualityFailed, "the Datasets have no class", "datasets.train");
    return {};
  }

  LayoutOutcome write() {
    auto folder = NewFolder::begin(folder_);
    if (!folder) return fail(folder.error());
    if (auto filled = fill(*folder); !filled) return fail(filled.error());
    if (auto checked = contents_.check(env_.threads); !checked) return fail(checked.error());
    if (!contents_.changed().empty()) return end(ExitCode::ContentChanged, contents_.changed());
    out_.record.key = key();
    if (auto written = folder->write(kRecordFile, encode(out_.record)); !written) return fail(written.error());
    if (auto finished = folder->finish(); !finished) return fail(finished.error());
    return std::move(out_);
  }

  Status fill(NewFolder& folder) const {
    const LayoutPlan plan{*kind_, run_.task, folder_.string(), classes_, splits_};
    const auto how = [this](const SplitLayout& split) {
      return PictureFiles{env_.folder_of_store(split.source.dataset.store), env_.threads, env_.stop, {}};
    };
    return fill_layout(plan, folder, how,
                       [this](std::int64_t done, std::int64_t total) { report(Stage::Preparing, done, total); });
  }

  void remark(std::string text) { out_.record.remarks.push_back(std::move(text)); }

  void report(Stage stage, std::int64_t done, std::int64_t total) const {
    if (env_.progress) env_.progress({std::string(enum_name(stage)), done, total, 0, 0});
  }

  LayoutOutcome end(ExitCode code, std::string problem, std::string field = {}) {
    out_.code = code;
    out_.problem = std::move(problem);
    out_.field = std::move(field);
    return std::move(out_);
  }

  LayoutOutcome fail(const Error& error) { return end(contract::exit_code_of(error.cls), error.message); }

  const contract::TrainRun& run_;
  const contract::FrameworkRun& framework_;
  const fs::path folder_;
  const LayoutEnvironment& env_;
  const LayoutKind* kind_ = nullptr;
  std::vector<SplitSource> sources_;
  SplitContents contents_;
  std::vector<LoadedSplit> loaded_;
  ClassList classes_;
  std::vector<SplitLayout> splits_;
  LayoutOutcome out_;
};

LayoutOutcome failed(ExitCode code, std::string problem) {
  LayoutOutcome outcome;
  outcome.code = code;
  outcome.problem = std::move(problem);
  return outcome;
}

}  // namespace

LayoutOutcome lay_out(const contract::TrainRun& run, const fs::path& folder, const LayoutEnvironment& environment) {
  try {
    if (!run.framework) return failed(ExitCode::InvalidInput, "train.framework: is required");
    return LayingOut(run, folder, environment).go();
  } catch (const std::bad_alloc&) {
    return failed(ExitCode::StorageFailure, "out of memory");
  } catch (const std::exception& e) {
    return failed(ExitCode::Internal, e.what());
  }
}

}  // namespace visionops::layout
