// The plan: every output image with its source, operations, destination and reason, fixed before any
// pixel is touched. A value, equal for equal input on every shard. PURE.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "worker/contract/run_spec.h"
#include "worker/dataset/model/annotations.h"
#include "worker/dataset/model/format_writer.h"
#include "worker/pipeline/collection/collection.h"

namespace visionops::pipeline {

/// Part of every plan digest: changes when equal input shall give other bytes than before.
inline constexpr const char* kEngineVersion = "1";

struct PlanItem {
  std::uint32_t source = 0;  ///< index into the sources of the run
  std::string source_path;   ///< inside the dataset folder of the source
  std::int64_t source_bytes = 0;
  std::int32_t width = 0;  ///< pixels of the source that its annotations refer to; 0: not known
  std::int32_t height = 0;
  ImageOperations operations;      ///< folded; empty: the bytes are taken as they are
  std::string destination;         ///< inside the output dataset folder, "images/a.jpg"; FormatWriter::images_folder
  std::vector<SourceImage> twins;  ///< files with the same bytes that this one stands for too
  std::string rename_reason;       ///< "" when the name stayed
};

/// An image that cannot be part of the output; counted and listed, never silent.
struct LeftOut {
  std::uint32_t source = 0;
  std::string path;  ///< or the name as given, when there is no file
  std::string kind;  ///< "MissingImage", "DamagedImage", "UnsupportedImage", "OversizedImage"
  std::string message;
  std::int64_t objects = 0;  ///< that go with it
};

struct Plan {
  annotations::Annotations annotations;  ///< file names are those of the output; images parallel to items
  std::vector<PlanItem> items;
  std::vector<LeftOut> left_out;
  std::string digest;  ///< "sha256:..."
  [[nodiscard]] std::int64_t renamed() const;
};

/// Images without a file, and without a size where `writer`, that of the output, needs one, are left out.
Plan make_plan(const contract::PipelineRun& run, Collection collection, const annotations::FormatWriter& writer);

/// Where the images of the output lie, "images/".
std::string_view images_folder(const Plan& plan);

/// Hex SHA-256 of everything that a writer could write: ids, names, boxes, shapes, texts. Arena positions
/// do not count.
std::string digest_of(const annotations::Annotations& a);

/// Removes images (and their objects) from the annotations by index.
void drop_images(annotations::Annotations& a, const std::vector<std::uint32_t>& images);

}  // namespace visionops::pipeline
