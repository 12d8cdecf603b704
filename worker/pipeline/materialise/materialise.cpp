#include "worker/pipeline/materialise/materialise.h"

#include <unordered_set>
#include <variant>

#include "base/digest.h"
#include "base/mutex.h"
#include "base/parallel/parallel_for.h"
#include "worker/pipeline/materialise/codec_header.h"
#include "worker/pipeline/materialise/pixel_budget.h"
#include "worker/pipeline/materialise/recode.h"

namespace visionops::pipeline {
namespace {

using storage::IfExists;
using storage::StoredFile;

/// Smaller files are written from the bytes that were read for the check; larger ones gain from a reflink.
constexpr std::int64_t kReflinkFrom = std::int64_t{1} << 20;

/// What became of one item; neither alternative is an error of the run.
using Outcome = std::variant<WrittenImage, SkippedImage>;

class Materialisation {
 public:
  explicit Materialisation(const MaterialiseInput& input) : in_(input), budget_(kMaxDecodingBytes) {
    const auto shard = static_cast<std::size_t>(in_.shard);
    const auto shards = static_cast<std::size_t>(in_.shards);
    for (std::size_t i = shard; i < in_.plan.items.size(); i += shards) mine_.push_back(static_cast<std::uint32_t>(i));
    outcomes_.resize(mine_.size());
  }

  Result<Materialised> run() {
    if (auto listed = list_existing(); !listed) return listed.error();
    const auto status =
        parallel_for(mine_.size(), in_.threads, in_.stop, [this](std::size_t k) { return make_slot(k); });
    if (!status) return status.error();
    return collect();
  }

 private:
  Status list_existing() {
    const auto images = images_folder(in_.plan);
    const std::string folder(images.substr(0, images.size() - 1));
    auto listed = in_.output.store->list(path_in(in_.output.folder, folder), true);
    if (!listed) return listed.error().cls == ErrorClass::NotFound ? Status{} : Status{listed.error()};
    for (auto& file : *listed) existing_.insert(std::move(file.path));
    return {};
  }

  Status make_slot(std::size_t k) {
    const PlanItem& item = in_.plan.items[mine_[k]];
    auto outcome = make(mine_[k]);
    if (!outcome) return outcome.error().in(item.destination);
    if (std::holds_alternative<SkippedImage>(*outcome)) {
      // An earlier attempt may have written it, before its source went bad.
      const std::string to = path_in(in_.output.folder, item.destination);
      if (existing_.count(to)) (void)in_.output.store->remove(to);
    }
    if (const auto* written = std::get_if<WrittenImage>(&*outcome); written != nullptr && in_.beside) {
      if (auto status = in_.beside(*written); !status) return status.error().in(item.destination);
    }
    outcomes_[k] = *std::move(outcome);
    const MutexLock lock(mutex_);
    ++done_;
    if (in_.progress) in_.progress(done_);
    return {};
  }

  Result<Outcome> make(std::uint32_t index) {
    const PlanItem& item = in_.plan.items[index];
    const std::string to = path_in(in_.output.folder, item.destination);
    const bool exists = existing_.count(to) != 0;
    if (exists && in_.trust_existing) {
      auto kept = keep_existing(index, to);
      if (!kept) return kept.error();
      if (*kept) return Outcome{**std::move(kept)};
    }
    const auto& source = in_.sources[item.source];
    const std::string from = path_in(source.folder, item.source_path);
    auto bytes = source.store->read(from, kMaxImageBytes);
    if (!bytes) return unreadable(index, bytes.error());
    const auto if_exists = exists ? IfExists::Replace : IfExists::KeepEqual;
    if (item.operations.empty()) return take_as_is(index, *bytes, from, to, if_exists);

    auto recoded = [&] {
      const PixelBudget::Share share(budget_, decoding_bytes(*bytes));
      return recode(*bytes, item.operations, {item.width, item.height});
    }();
    if (auto* error = std::get_if<Error>(&recoded)) return *error;
    if (auto* trouble = std::get_if<ImageTrouble>(&recoded))
      return Outcome{SkippedImage{index, trouble->kind, trouble->message}};
    if (std::holds_alternative<Unchanged>(recoded)) return take_as_is(index, *bytes, from, to, if_exists);
    return stored(index, in_.output.store->write(to, std::get<Recoded>(recoded).bytes, if_exists), WrittenBy::Recode);
  }

  /// A file of an interrupted run counts when it is whole; after a power cut it may not be.
  Result<std::optional<WrittenImage>> keep_existing(std::uint32_t index, const std::string& to) {
    const PlanItem& item = in_.plan.items[index];
    auto bytes = in_.output.store->read(to, kMaxImageBytes);
    if (!bytes) return std::optional<WrittenImage>{};
    const auto size = static_cast<std::int64_t>(bytes->size());
    if (item.operations.empty() && size != item.source_bytes) return std::optional<WrittenImage>{};
    const auto checked = check_whole(*bytes, item.destination);
    const auto* whole = std::get_if<Unchanged>(&checked);
    if (whole == nullptr) return std::optional<WrittenImage>{};
    return std::optional(
        WrittenImage{index, StoredFile{size, sha256_hex(*bytes)}, WrittenBy::EarlierRun, whole->no_end_mark});
  }

  Result<Outcome> take_as_is(std::uint32_t index, const std::string& bytes, const std::string& from,
                             const std::string& to, IfExists if_exists) {
    const PlanItem& item = in_.plan.items[index];
    const auto checked = check_whole(bytes, item.source_path);
    if (const auto* error = std::get_if<Error>(&checked)) return *error;
    if (const auto* trouble = std::get_if<ImageTrouble>(&checked)) {
      return Outcome{SkippedImage{index, trouble->kind, trouble->message}};
    }
    const bool no_end_mark = std::get<Unchanged>(checked).no_end_mark;
    const bool link = in_.images == ImageMode::Link;
    const auto how = link ? WrittenBy::Link : WrittenBy::Copy;
    if (!link && static_cast<std::int64_t>(bytes.size()) < kReflinkFrom) {
      return stored(index, in_.output.store->write(to, bytes, if_exists), how, no_end_mark);
    }
    return stored(index, in_.output.store->copy_from(*in_.sources[item.source].store, from, to, in_.images, if_exists),
                  how, no_end_mark);
  }

  static Result<Outcome> stored(std::uint32_t index, Result<StoredFile> file, WrittenBy how, bool no_end_mark = false) {
    if (!file) return file.error();
    return Outcome{WrittenImage{index, *std::move(file), how, no_end_mark}};
  }

  /// A file that is gone, or is none (link, device, too large), is a bad image; a store that fails is an error.
  static Result<Outcome> unreadable(std::uint32_t index, const Error& error) {
    if (error.cls == ErrorClass::NotFound) return Outcome{SkippedImage{index, "MissingImage", error.message}};
    if (error.cls == ErrorClass::Invalid) return Outcome{SkippedImage{index, "UnsupportedImage", error.message}};
    return error;
  }

  Materialised collect() {
    Materialised out;
    for (auto& outcome : outcomes_) {
      if (auto* written = std::get_if<WrittenImage>(&outcome)) {
        out.written.push_back(std::move(*written));
      } else {
        out.skipped.push_back(std::move(std::get<SkippedImage>(outcome)));
      }
    }
    return out;
  }

  const MaterialiseInput& in_;
  PixelBudget budget_;
  std::vector<std::uint32_t> mine_;
  std::vector<Outcome> outcomes_;  // slot k belongs to the thread that took k
  std::unordered_set<std::string> existing_;
  Mutex mutex_;
  std::int64_t done_ VISIONOPS_GUARDED_BY(mutex_) = 0;
};

}  // namespace

std::string path_in(const std::string& folder, const std::string& path) {
  return folder.empty() ? path : folder + "/" + path;
}

Result<Materialised> materialise(const MaterialiseInput& input) {
  if (input.shards < 1 || input.shard < 0 || input.shard >= input.shards) {
    return internal_error("shard " + std::to_string(input.shard) + " of " + std::to_string(input.shards));
  }
  return Materialisation(input).run();
}

}  // namespace visionops::pipeline
