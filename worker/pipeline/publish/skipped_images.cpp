#include "worker/pipeline/publish/skipped_images.h"

#include <algorithm>
#include <functional>
#include <set>

#include "worker/pipeline/publish/output_folder.h"

namespace visionops::pipeline {

namespace {

/// All folders above the files, below the dataset folder; children first.
std::set<std::string, std::greater<>> folders_of(const Part& part) {
  std::set<std::string, std::greater<>> folders;
  for (const auto& file : part.files) {
    for (auto at = file.path.rfind('/'); at != std::string::npos && at > 0; at = file.path.rfind('/', at - 1)) {
      folders.insert(file.path.substr(0, at));
    }
  }
  return folders;
}

}  // namespace

std::vector<LeftOut> skipped_images(const Plan& plan, const std::vector<Part>& parts) {
  std::vector<LeftOut> out;
  if (std::ranges::all_of(parts, [](const Part& part) { return part.skipped.empty(); })) return out;
  const auto by_image = annotations::group_by_image(plan.annotations);
  for (const auto& part : parts) {
    for (const auto& skip : part.skipped) {
      if (skip.item < 0 || skip.item >= static_cast<std::int64_t>(plan.items.size())) continue;
      const auto index = static_cast<std::size_t>(skip.item);
      const auto& item = plan.items[index];
      out.push_back({item.source, item.source_path, skip.kind, skip.message,
                     static_cast<std::int64_t>(by_image.of(index).size())});
    }
  }
  return out;
}

annotations::LossReport loss_in(const dataset_folder::Manifest& manifest) {
  annotations::LossReport loss;
  for (const auto& entry : manifest.loss) loss.add({entry.kind, entry.count, entry.examples});
  return loss;
}

Status withdraw_files(const SourceFolder& output, const Part& part) {
  for (const auto& file : part.files) {
    const auto removed = output.store->remove(path_in(output.folder, file.path));
    if (!removed && removed.error().cls != ErrorClass::NotFound) return removed;
  }
  if (auto released = release_folder(output); !released) return released;
  for (const auto& folder : folders_of(part)) (void)output.store->remove(path_in(output.folder, folder));
  (void)output.store->remove(output.folder);  // what is not empty stays
  return {};
}

}  // namespace visionops::pipeline
