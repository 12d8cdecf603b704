// manifest.json of a dataset folder: where the dataset came from and every file it consists of.
// It is written last; a version without a manifest does not exist. A value with a JSON codec.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/fields/fields.h"
#include "base/result.h"
#include "base/vocabulary.h"
#include "worker/contract/format.h"

namespace visionops::dataset_folder {

inline constexpr const char* kManifestFile = "manifest.json";
inline constexpr std::int32_t kManifestSchema = 1;
/// A manifest has about 200 bytes an image; larger ones are refused.
inline constexpr std::int64_t kMaxManifestBytes = 1LL << 30;

/// A dataset that went in.
struct ManifestInput {
  std::string name;   ///< resource name; the folder as given for a conversion by hand
  std::string store;  ///< empty for a conversion by hand
  std::string path;
  std::string version;
  std::string digest;  ///< "sha256:..." as computed by digest.h at the time of reading
  Format format = Format::None;
  std::int64_t images = 0;
  std::int64_t annotations = 0;
  bool operator==(const ManifestInput&) const = default;

  static const Table<ManifestInput>& fields();
};

/// A data file of this dataset, path relative to the dataset folder.
struct ManifestFile {
  std::string path;
  std::int64_t size = 0;
  std::string sha256;      ///< 64 hex digits
  std::string from;        ///< images: "<input name>/<path inside it>"; else empty
  std::string operations;  ///< what was done to the pixels, "" for none
  bool operator==(const ManifestFile&) const = default;

  static const Table<ManifestFile>& fields();
};

/// An image that got another name than in its source.
struct ManifestRename {
  std::string from;
  std::string to;
  std::string reason;
  bool operator==(const ManifestRename&) const = default;

  static const Table<ManifestRename>& fields();
};

/// An image that was left out.
struct ManifestSkipped {
  std::string from;
  std::string reason;
  bool operator==(const ManifestSkipped&) const = default;

  static const Table<ManifestSkipped>& fields();
};

struct ManifestLoss {
  LossKind kind = LossKind::Masks;
  std::int64_t count = 0;
  std::vector<std::string> examples;
  bool operator==(const ManifestLoss&) const = default;

  static const Table<ManifestLoss>& fields();
};

/// A finding kind of the sources with its exact count ("DanglingImage": 3).
struct ManifestFindingCount {
  std::string kind;
  std::int64_t count = 0;
  bool operator==(const ManifestFindingCount&) const = default;

  static const Table<ManifestFindingCount>& fields();
};

struct Manifest {
  std::int32_t schema = kManifestSchema;
  std::string engine_version;
  std::string group;  ///< empty for a conversion by hand
  DatasetType type = DatasetType::Processed;
  Split split = Split::None;
  std::string version;
  Format format = Format::None;
  std::string plan_digest;  ///< "sha256:..." of inputs, steps, seed and engine version: equal digest, equal output
  std::string digest;       ///< dataset digest of `files` (digest.h)
  std::int64_t images = 0;
  std::int64_t annotations = 0;
  std::int64_t classes = 0;
  std::int64_t size_bytes = 0;
  std::vector<ManifestInput> inputs;
  std::vector<LossKind> allow_loss;
  std::vector<ManifestLoss> loss;
  std::vector<ManifestFindingCount> findings;
  std::vector<ManifestRename> renames;
  std::vector<ManifestSkipped> skipped;
  std::vector<ManifestFile> files;  ///< sorted bytewise by path
  bool operator==(const Manifest&) const = default;

  static const Table<Manifest>& fields();
};

/// Deterministic text: one line per element of `files`, so that two manifests can be compared with diff.
std::string encode(const Manifest& manifest);
/// Invalid for anything that is not a manifest of schema 1 with checked file paths.
Result<Manifest> decode_manifest(const std::string& text);

}  // namespace visionops::dataset_folder
