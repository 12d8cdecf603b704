#include "worker/layout/layout_kind.h"

#include <algorithm>
#include <array>

#include "worker/dataset/formats/class_folders/class_folders.h"
#include "worker/dataset/formats/format.h"
#include "worker/dataset/formats/yolo/data_yaml.h"
#include "worker/dataset/formats/yolo/yaml_string.h"
#include "worker/layout/coco_objects.h"
#include "worker/pipeline/plan/destination_names.h"

namespace visionops::layout {

namespace {

using annotations::Annotations;
using annotations::LossReport;
using annotations::TextFile;

std::string below_images(const std::string& split, const std::string& name) { return "images/" + split + "/" + name; }

std::string below_split(const std::string& split, const std::string& name) { return split + "/" + name; }

/// Ultralytics asks for a val; without one it gets what it is trained on.
std::vector<TextFile> data_yaml(const WholeLayout& whole) {
  std::string text = "path: ";
  dataset_folder::append_yaml_string(text, whole.folder);
  text += "\n";
  for (const std::string split : {"train", "val", "test"}) {
    const bool there = std::ranges::count(whole.splits, split) > 0;
    if (there || split == "val") text += split + ": images/" + (there ? split : "train") + "\n";
  }
  return {{"data.yaml", text + dataset_folder::write_class_names(whole.classes)}};
}

/// Ids from 1 without a gap: programs take them for positions in their output.
LossReport as_coco(Annotations& a, const std::vector<Task>& tasks) {
  auto loss = keep_trainable_objects(a, tasks);
  annotations::Findings none;
  loss.add(formats::writer_of(Format("COCO"))->adopt(a, tasks, none));
  for (auto& image : a.images) image.file_name = image.path.substr(pipeline::kImagesFolder.size());
  return loss;
}

std::vector<TextFile> instances(const Annotations& a, const std::string& split, const std::vector<Task>& tasks) {
  auto files = formats::writer_of(Format("COCO"))->dataset_files(a, annotations::WriteOptions{tasks, Split::None});
  files.front().path = "annotations/instances_" + split + ".json";
  return files;
}

/// A picture outside of the folder of its class is one that is not trained on, or of another class.
std::vector<NoPlace> outside_of_class(const pipeline::Plan& plan) {
  const auto& a = plan.annotations;
  const auto by_image = annotations::group_by_image(a);
  std::vector<NoPlace> out;
  for (std::uint32_t i = 0; i < a.images.size(); ++i) {
    const auto label = class_folders::label_of(a, by_image.of(i));
    if (!label) {
      out.push_back({i, "has no class that a folder can be named after"});
      continue;
    }
    const auto folder = std::string(pipeline::kImagesFolder) + a.categories[a.objects[*label].category].name + "/";
    if (!plan.items[i].destination.starts_with(folder)) out.push_back({i, "its name does not fit below its class"});
  }
  return out;
}

std::vector<TextFile> class_names(const WholeLayout& whole) {
  std::string text;
  for (const auto& name : whole.classes) text += name + "\n";
  return {{class_folders::kClasses, text}};
}

constexpr std::array kValInstances{Alias{"val", "train"},
                                   Alias{"annotations/instances_val.json", "instances_train.json"}};
constexpr std::array kValFolder{Alias{"val", "train"}};

const std::array kKinds{
    LayoutKind{.name = "YOLO", .format = Format("YOLO"), .picture = below_images, .whole_files = data_yaml},
    LayoutKind{.name = "COCO",
               .format = Format("COCO"),
               .picture = below_split,
               .settle = as_coco,
               .split_files = instances,
               .train_as_val = kValInstances},
    LayoutKind{.name = "ClassFolders",
               .format = Format("ClassFolders"),
               .class_folders = true,
               .picture = below_split,
               .without_place = outside_of_class,
               .whole_files = class_names,
               .train_as_val = kValFolder},
};

}  // namespace

const LayoutKind* find_layout(std::string_view name) {
  const auto* it = std::ranges::find(kKinds, name, &LayoutKind::name);
  return it == kKinds.end() ? nullptr : it;
}

std::string layout_names() {
  std::string out;
  for (const auto& kind : kKinds) out += (out.empty() ? "" : ", ") + std::string(kind.name);
  return out;
}

}  // namespace visionops::layout
