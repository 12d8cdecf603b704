#include "worker/dataset/folder/read_texts.h"

#include <algorithm>
#include <optional>

#include "base/parallel/parallel_for.h"
#include "base/quantity.h"
#include "worker/dataset/folder/load_label_files.h"

namespace visionops::dataset_folder {

namespace {

constexpr std::size_t kFilesAtOnce = 2048;

/// The end of what fits into the budget from `begin`, at least one.
std::size_t end_of_batch(const std::vector<const storage::FileInfo*>& files, std::size_t begin) {
  std::size_t end = begin;
  for (std::int64_t bytes = 0; end < files.size() && end - begin < kFilesAtOnce && bytes < kMaxLabelBytesAtOnce;
       ++end) {
    if (files[end]->size <= kMaxLabelBytes) bytes += files[end]->size;
  }
  return end;
}

}  // namespace

Status for_each_text(storage::StorageClient& store, const std::string& folder,
                     const std::vector<const storage::FileInfo*>& files, unsigned threads,
                     annotations::Findings& findings,
                     const std::function<void(const storage::FileInfo& file, const std::string& text)>& take) {
  for (std::size_t begin = 0, end = 0; begin < files.size(); begin = end) {
    end = end_of_batch(files, begin);
    std::vector<std::optional<Result<std::string>>> texts(end - begin);
    parallel_for(texts.size(), threads, [&](std::size_t i) {
      const auto& file = *files[begin + i];
      const auto most = std::max<std::int64_t>(file.size, 1);
      if (file.size <= kMaxLabelBytes) texts[i].emplace(store.read(join(folder, file.path), most));
    });
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto& file = *files[begin + i];
      if (!texts[i]) {
        findings.add({"UnreadLabelFile", file.path, "",
                      "has " + format_bytes(file.size) + ", more than the " + format_bytes(kMaxLabelBytes) +
                          " that a label file may have"});
      } else if (texts[i]->ok()) {
        take(file, **texts[i]);
      } else if (texts[i]->error().cls == ErrorClass::Retry) {
        return texts[i]->error();
      } else {
        findings.add({"UnreadLabelFile", file.path, "", texts[i]->error().message});
      }
    }
  }
  return {};
}

}  // namespace visionops::dataset_folder
