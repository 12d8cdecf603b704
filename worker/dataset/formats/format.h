// An annotation format: one folder, formats/NAME/, whose NAME.cpp defines `const AnnotationFormat NAME`. The table is
// written by CMake from the folders. Everything that depends on the format of a dataset is a call through it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "worker/contract/format.h"
#include "worker/dataset/folder/format_reader.h"
#include "worker/dataset/model/format_writer.h"

namespace visionops::formats {

/// A constant. CMake reads name, layout, loses and whether reader and writer are there from the text of the file for
/// the operator's schema: each of these members begins a line, and a text ends on it.
struct AnnotationFormat {
  annotations::Required<Format> name;  ///< as users write it
  std::string_view layout;             ///< its files, in words: "annotation.json or annotations/*.json"
  std::string_view loses = {};         ///< of what is written: LossKinds that it cannot keep, "Masks, Crowd"
  std::optional<dataset_folder::FormatReader> reader = std::nullopt;
  std::optional<annotations::FormatWriter> writer = std::nullopt;
};

/// Sorted by the names of the folders.
std::span<const AnnotationFormat* const> format_table();

/// nullptr when there is none.
const dataset_folder::FormatReader* reader_of(Format format);
const annotations::FormatWriter* writer_of(Format format);

}  // namespace visionops::formats
