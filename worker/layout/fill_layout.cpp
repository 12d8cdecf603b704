#include "worker/layout/fill_layout.h"

#include <algorithm>

#include "worker/dataset/formats/format.h"
#include "worker/pipeline/plan/destination_names.h"

namespace visionops::layout {

namespace {

Status write_files(const std::vector<annotations::TextFile>& files, NewFolder& folder) {
  for (const auto& file : files) {
    if (auto written = folder.write(file.path, file.text); !written) return written;
  }
  return {};
}

Status write_labels(const LayoutPlan& plan, const SplitLayout& split, const std::stop_token& stop, NewFolder& folder) {
  const auto& a = split.plan.annotations;
  const annotations::WriteOptions options{{plan.task}, Split::None};
  if (const auto* label = formats::writer_of(plan.kind.format)->image_file) {
    const auto by_image = annotations::group_by_image(a);
    for (std::uint32_t i = 0; i < a.images.size(); ++i) {
      if (stop.stop_requested()) return Error{ErrorClass::Cancelled, "asked to stop"};
      const auto name = split.plan.items[i].destination.substr(pipeline::kImagesFolder.size());
      const auto path = label->path_of(plan.kind.picture(split.source.split, name));
      if (auto written = folder.write(path, label->text_of(a, i, by_image.of(i), options)); !written) return written;
    }
  }
  if (plan.kind.split_files == nullptr) return {};
  return write_files(plan.kind.split_files(a, split.source.split, options.tasks), folder);
}

/// Also a class without a picture has its folder, else the numbers of those behind it were others in this split.
Status make_class_folders(const std::string& split, const std::vector<std::string>& classes, NewFolder& folder) {
  for (const auto& name : classes) {
    if (auto made = folder.make(split + "/" + name); !made) return made;
  }
  return {};
}

Status write_whole(const LayoutPlan& plan, NewFolder& folder) {
  WholeLayout whole{plan.place, {}, plan.classes.names()};
  for (const auto& split : plan.splits) whole.splits.push_back(split.source.split);
  for (const auto& split : whole.splits) {
    if (!plan.kind.class_folders) break;
    if (auto made = make_class_folders(split, whole.classes, folder); !made) return made;
  }
  if (std::ranges::count(whole.splits, "val") == 0) {
    for (const auto& alias : plan.kind.train_as_val) {
      if (auto made = folder.link(alias.path, alias.target); !made) return made;
    }
  }
  return plan.kind.whole_files == nullptr ? Status() : write_files(plan.kind.whole_files(whole), folder);
}

}  // namespace

Status fill_layout(const LayoutPlan& plan, NewFolder& folder,
                   const std::function<PictureFiles(const SplitLayout&)>& how,
                   const std::function<void(std::int64_t done, std::int64_t total)>& progress) {
  std::int64_t total = 0;
  for (const auto& split : plan.splits) total += std::ssize(split.plan.items);
  std::int64_t before = 0;
  progress(0, total);
  for (const auto& split : plan.splits) {
    auto files = how(split);
    files.progress = [&](std::int64_t done) { progress(before + done, total); };
    if (auto placed = place_pictures(split, plan.kind, folder, files); !placed) return placed;
    if (auto written = write_labels(plan, split, files.stop, folder); !written) return written;
    before += std::ssize(split.plan.items);
  }
  return write_whole(plan, folder);
}

}  // namespace visionops::layout
