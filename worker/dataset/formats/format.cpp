#include "worker/dataset/formats/format.h"

namespace visionops::formats {

namespace {

const AnnotationFormat* find(Format name) {
  for (const auto* format : format_table()) {
    if (*format->name == name) return format;
  }
  return nullptr;
}

}  // namespace

const dataset_folder::FormatReader* reader_of(Format format) {
  const auto* found = find(format);
  return found != nullptr && found->reader ? &*found->reader : nullptr;
}

const annotations::FormatWriter* writer_of(Format format) {
  const auto* found = find(format);
  return found != nullptr && found->writer ? &*found->writer : nullptr;
}

}  // namespace visionops::formats
