// The closed sets of words that resources, worker and records share. YAML spelling is CamelCase.
#pragma once

#include "base/enum_names.h"

namespace visionops {

enum class DatasetType { Raw, Source, Processed, Fusion };
constexpr auto names_of(DatasetType) {
  using enum DatasetType;
  return std::to_array<Named<DatasetType>>(
      {{Raw, "Raw"}, {Source, "Source"}, {Processed, "Processed"}, {Fusion, "Fusion"}});
}

enum class Split { Train, Val, Test, None };
constexpr auto names_of(Split) {
  using enum Split;
  return std::to_array<Named<Split>>({{Train, "Train"}, {Val, "Val"}, {Test, "Test"}, {None, "None"}});
}

enum class Task { Detection, Segmentation, Classification, AttributeClassification, ZeroShot, AnomalyDetection };
constexpr auto names_of(Task) {
  using enum Task;
  return std::to_array<Named<Task>>({{Detection, "Detection"},
                                     {Segmentation, "Segmentation"},
                                     {Classification, "Classification"},
                                     {AttributeClassification, "AttributeClassification"},
                                     {ZeroShot, "ZeroShot"},
                                     {AnomalyDetection, "AnomalyDetection"}});
}

enum class Modality { RGB, Thermal, Depth, Multispectral };
constexpr auto names_of(Modality) {
  using enum Modality;
  return std::to_array<Named<Modality>>(
      {{RGB, "RGB"}, {Thermal, "Thermal"}, {Depth, "Depth"}, {Multispectral, "Multispectral"}});
}

enum class MetricMode { Min, Max };
constexpr auto names_of(MetricMode) {
  using enum MetricMode;
  return std::to_array<Named<MetricMode>>({{Min, "Min"}, {Max, "Max"}});
}

enum class DeletionPolicy { Retain, Delete };
constexpr auto names_of(DeletionPolicy) {
  using enum DeletionPolicy;
  return std::to_array<Named<DeletionPolicy>>({{Retain, "Retain"}, {Delete, "Delete"}});
}

/// How Pods put image files that need no recoding into the output.
enum class ImageMode { Copy, Link };
constexpr auto names_of(ImageMode) {
  using enum ImageMode;
  return std::to_array<Named<ImageMode>>({{Copy, "Copy"}, {Link, "Link"}});
}

/// What reading and converting can lose; the words of spec.allowLoss and of the loss report. Images, LabelFiles, Rows
/// and Objects are whole elements of a source that are left out.
enum class LossKind {
  Images,
  LabelFiles,
  Rows,
  Objects,
  Masks,
  Crowd,
  Ignore,
  Attributes,
  Keypoints,
  MultiPart,
  Precision,
  Boxes,
  UnknownKeys,
  All
};
constexpr auto names_of(LossKind) {
  using enum LossKind;
  return std::to_array<Named<LossKind>>({{Images, "Images"},
                                         {LabelFiles, "LabelFiles"},
                                         {Rows, "Rows"},
                                         {Objects, "Objects"},
                                         {Masks, "Masks"},
                                         {Crowd, "Crowd"},
                                         {Ignore, "Ignore"},
                                         {Attributes, "Attributes"},
                                         {Keypoints, "Keypoints"},
                                         {MultiPart, "MultiPart"},
                                         {Precision, "Precision"},
                                         {Boxes, "Boxes"},
                                         {UnknownKeys, "UnknownKeys"},
                                         {All, "All"}});
}

}  // namespace visionops
