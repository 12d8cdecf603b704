// The closed sets of words that resources, worker and records share. YAML spelling is CamelCase.
#pragma once

#include "base/fields.h"

namespace visionops {

enum class DatasetType { Raw, Source, Processed, Fusion };
enum class Split { Train, Val, Test, None };
enum class Task { Detection, Segmentation, Classification, AttributeClassification, ZeroShot, AnomalyDetection };
enum class Modality { RGB, Thermal, Depth, Multispectral };
enum class DeletionPolicy { Retain, Delete };
/// How Pods put image files that need no recoding into the output.
enum class ImageMode { Copy, Link };
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

}  // namespace visionops

namespace visionops {
template <>
struct EnumNames<DatasetType> {
  using E = DatasetType;
  static constexpr std::array<std::pair<E, std::string_view>, 4> values{
      {{E::Raw, "Raw"}, {E::Source, "Source"}, {E::Processed, "Processed"}, {E::Fusion, "Fusion"}}};
};
template <>
struct EnumNames<Split> {
  using E = Split;
  static constexpr std::array<std::pair<E, std::string_view>, 4> values{
      {{E::Train, "Train"}, {E::Val, "Val"}, {E::Test, "Test"}, {E::None, "None"}}};
};
template <>
struct EnumNames<Task> {
  using E = Task;
  static constexpr std::array<std::pair<E, std::string_view>, 6> values{
      {{E::Detection, "Detection"},
       {E::Segmentation, "Segmentation"},
       {E::Classification, "Classification"},
       {E::AttributeClassification, "AttributeClassification"},
       {E::ZeroShot, "ZeroShot"},
       {E::AnomalyDetection, "AnomalyDetection"}}};
};
template <>
struct EnumNames<Modality> {
  using E = Modality;
  static constexpr std::array<std::pair<E, std::string_view>, 4> values{
      {{E::RGB, "RGB"}, {E::Thermal, "Thermal"}, {E::Depth, "Depth"}, {E::Multispectral, "Multispectral"}}};
};
template <>
struct EnumNames<DeletionPolicy> {
  using E = DeletionPolicy;
  static constexpr std::array<std::pair<E, std::string_view>, 2> values{{{E::Retain, "Retain"}, {E::Delete, "Delete"}}};
};
template <>
struct EnumNames<ImageMode> {
  using E = ImageMode;
  static constexpr std::array<std::pair<E, std::string_view>, 2> values{{{E::Copy, "Copy"}, {E::Link, "Link"}}};
};
template <>
struct EnumNames<LossKind> {
  using E = LossKind;
  static constexpr std::array<std::pair<E, std::string_view>, 14> values{{{E::Images, "Images"},
                                                                          {E::LabelFiles, "LabelFiles"},
                                                                          {E::Rows, "Rows"},
                                                                          {E::Objects, "Objects"},
                                                                          {E::Masks, "Masks"},
                                                                          {E::Crowd, "Crowd"},
                                                                          {E::Ignore, "Ignore"},
                                                                          {E::Attributes, "Attributes"},
                                                                          {E::Keypoints, "Keypoints"},
                                                                          {E::MultiPart, "MultiPart"},
                                                                          {E::Precision, "Precision"},
                                                                          {E::Boxes, "Boxes"},
                                                                          {E::UnknownKeys, "UnknownKeys"},
                                                                          {E::All, "All"}}};
};
}  // namespace visionops
