// How a framework wants Datasets to lie: the word of FrameworkRun::layout. What stands in the label files is what the
// writer of the format says (worker/dataset/formats); a kind says where things stand. PURE.
//
//   YOLO          images/SPLIT/NAME, labels/SPLIT/NAME.txt, data.yaml            (Ultralytics)
//   COCO          SPLIT/NAME, annotations/instances_SPLIT.json                   (file_name is NAME; ids from 1)
//   ClassFolders  SPLIT/CLASS/NAME, classes.txt                                  (torchvision ImageFolder, timm, ...)
//
// SPLIT is train, val or test. NAME may have folders of its own.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "worker/contract/format.h"
#include "worker/dataset/model/annotations.h"
#include "worker/dataset/model/format_writer.h"
#include "worker/pipeline/plan/plan.h"

namespace visionops::layout {

/// What is known of the whole when its last files are written.
struct WholeLayout {
  std::string folder;                ///< absolute
  std::vector<std::string> splits;   ///< "train", "val", "test" in this order, as far as they are there
  std::vector<std::string> classes;  ///< in order
};

/// A name that stands for another of the same folder: a relative symbolic link.
struct Alias {
  const char* path;
  const char* target;
};

/// An item of a plan that this kind has no place for.
struct NoPlace {
  std::uint32_t image = 0;
  std::string why;
};

struct LayoutKind {
  std::string_view name;
  Format format = Format::None;
  bool class_folders = false;  ///< each class is a folder of each split, and they are sorted
  /// Where the picture of this name stands.
  std::string (*picture)(const std::string& split, const std::string& name) = nullptr;
  /// Brings the annotations into the terms of the kind after the plan is made; what that leaves out is told.
  annotations::LossReport (*settle)(annotations::Annotations& a, const std::vector<Task>& tasks) = nullptr;
  /// Pictures of the plan that no reader of the layout would find. nullptr: there are none.
  std::vector<NoPlace> (*without_place)(const pipeline::Plan& plan) = nullptr;
  /// The files of a split beside labels of single pictures.
  std::vector<annotations::TextFile> (*split_files)(const annotations::Annotations& a, const std::string& split,
                                                    const std::vector<Task>& tasks) = nullptr;
  /// The files of the whole.
  std::vector<annotations::TextFile> (*whole_files)(const WholeLayout& whole) = nullptr;
  /// What lets a program validate on the training set when there is no other.
  std::span<const Alias> train_as_val = {};
};

/// nullptr when there is none of this name.
const LayoutKind* find_layout(std::string_view name);
/// "YOLO, COCO, ClassFolders".
std::string layout_names();

}  // namespace visionops::layout
