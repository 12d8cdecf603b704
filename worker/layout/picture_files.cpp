#include "worker/layout/picture_files.h"

#include <unordered_map>

#include "base/mutex.h"
#include "base/parallel/parallel_for.h"
#include "worker/dataset/folder/file_list.h"
#include "worker/dataset/folder/layout.h"
#include "worker/pipeline/plan/destination_names.h"

namespace visionops::layout {

namespace {

std::string place_of(const pipeline::PlanItem& item, const std::string& split, const LayoutKind& kind) {
  return kind.picture(split, item.destination.substr(pipeline::kImagesFolder.size()));
}

Status link_pictures(const SplitLayout& split, const LayoutKind& kind, NewFolder& folder, const PictureFiles& how) {
  const auto root = (*how.store_folder / split.source.dataset.path).string() + "/";
  std::int64_t done = 0;
  for (const auto& item : split.plan.items) {
    if (how.stop.stop_requested()) return Error{ErrorClass::Cancelled, "asked to stop"};
    if (auto made = folder.link(place_of(item, split.source.split, kind), root + item.source_path); !made) return made;
    if (how.progress) how.progress(++done);
  }
  return {};
}

class Download {
 public:
  Download(const SplitLayout& split, const LayoutKind& kind, storage::StorageClient& target, const PictureFiles& how)
      : split_(split), kind_(kind), target_(target), how_(how) {
    const auto list = dataset_folder::read_file_list(*split.source.store, split.source.dataset);
    if (!list) return;
    for (const auto& file : list->files) digests_.emplace(file.file.path, file.file.sha256);
  }

  Status run() {
    return parallel_for(split_.plan.items.size(), how_.threads, how_.stop, [this](std::size_t i) -> Status {
      if (auto loaded = load(split_.plan.items[i]); !loaded) return loaded;
      const MutexLock lock(mutex_);
      ++done_;
      if (how_.progress) how_.progress(done_);
      return {};
    });
  }

 private:
  Status load(const pipeline::PlanItem& item) {
    const auto from = dataset_folder::join(split_.source.dataset.path, item.source_path);
    const auto there = target_.copy_from(*split_.source.store, from, place_of(item, split_.source.split, kind_),
                                         ImageMode::Copy, storage::IfExists::Fail);
    if (!there) return there.error();
    const auto listed = digests_.find(item.source_path);
    const bool equal = listed == digests_.end() ? there->size == item.source_bytes : there->sha256 == listed->second;
    return equal ? Status() : Status(retry_error(from + ": the bytes that came are not those of the Dataset"));
  }

  const SplitLayout& split_;
  const LayoutKind& kind_;
  storage::StorageClient& target_;
  const PictureFiles& how_;
  std::unordered_map<std::string, std::string> digests_;
  Mutex mutex_;
  std::int64_t done_ VISIONOPS_GUARDED_BY(mutex_) = 0;
};

}  // namespace

Status place_pictures(const SplitLayout& split, const LayoutKind& kind, NewFolder& folder, const PictureFiles& how) {
  if (how.store_folder) return link_pictures(split, kind, folder, how);
  const auto target = storage::open_local_store(folder.path().string(), storage::Durability::Cached);
  if (!target) return target.error();
  return Download(split, kind, **target, how).run();
}

}  // namespace visionops::layout
