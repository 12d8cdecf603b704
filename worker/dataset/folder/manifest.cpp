#include "worker/dataset/folder/manifest.h"

#include "base/fields/field_table.h"
#include "base/json.h"
#include "base/relative_path.h"

namespace visionops::dataset_folder {

namespace {

/// The list of files is put in as text: a JSON tree of a million files would need a gigabyte.
std::string files_text(const std::vector<ManifestFile>& files) {
  std::string out = "[";
  for (const ManifestFile& file : files) {
    out += out.size() == 1 ? "\n  " : ",\n  ";
    out += dump_json(encode_fields(file));
  }
  out += files.empty() ? "]" : "\n ]";
  return out;
}

void check_paths(const Manifest& manifest, Problems& problems) {
  for (std::size_t i = 0; i < manifest.files.size(); ++i) {
    if (const auto problem = relative_path_problem(manifest.files[i].path)) {
      problems.push_back({"files[" + std::to_string(i) + "].path", *problem});
    }
  }
}

}  // namespace

std::string encode(const Manifest& manifest) {
  Manifest head = manifest;
  head.files.clear();
  std::string out = "{";
  const Json fields = encode_fields(head);
  for (const auto& [key, value] : fields.items()) {
    out += "\n " + dump_json(key) + ": " + dump_json(value) + ",";
  }
  return out + "\n \"files\": " + files_text(manifest.files) + "\n}\n";
}

Result<Manifest> decode_manifest(const std::string& text) {
  const auto json = parse_json(text);
  if (!json) return json.error().in(kManifestFile);
  Problems problems;
  auto manifest = decode_fields<Manifest>(*json, "", problems);
  if (problems.empty() && manifest.schema != kManifestSchema) {
    problems.push_back({"schema", "is " + std::to_string(manifest.schema) + ", this program reads 1"});
  }
  if (problems.empty()) check_paths(manifest, problems);
  if (!problems.empty()) return invalid_error(std::string(kManifestFile) + ": " + describe(problems));
  return manifest;
}

const Table<ManifestInput>& ManifestInput::fields() {
  static const Table<ManifestInput> table{
      field("name", &ManifestInput::name, "Resource name, or the folder as given by hand."),
      field("store", &ManifestInput::store, "Store of the dataset."),
      field("path", &ManifestInput::path, "Folder inside the store."),
      field("version", &ManifestInput::version, "Version of the dataset."),
      field("digest", &ManifestInput::digest, "Dataset digest when it was read."),
      field("format", &ManifestInput::format, "Annotation format."),
      field("images", &ManifestInput::images, "Images read.").always(),
      field("annotations", &ManifestInput::annotations, "Annotations read.").always(),
  };
  return table;
}

const Table<ManifestFile>& ManifestFile::fields() {
  static const Table<ManifestFile> table{
      field("path", &ManifestFile::path, "Path inside the dataset folder.").required(),
      field("size", &ManifestFile::size, "Size in bytes.").required().min(0),
      field("sha256", &ManifestFile::sha256, "SHA-256 of the bytes.").required(),
      field("from", &ManifestFile::from, "Input and path that the image came from."),
      field("operations", &ManifestFile::operations, "What was done to the pixels."),
  };
  return table;
}

const Table<ManifestRename>& ManifestRename::fields() {
  static const Table<ManifestRename> table{
      field("from", &ManifestRename::from, "Input and path.").required(),
      field("to", &ManifestRename::to, "Path inside the dataset folder.").required(),
      field("reason", &ManifestRename::reason, "Why."),
  };
  return table;
}

const Table<ManifestSkipped>& ManifestSkipped::fields() {
  static const Table<ManifestSkipped> table{
      field("from", &ManifestSkipped::from, "Input and path.").required(),
      field("reason", &ManifestSkipped::reason, "Why."),
  };
  return table;
}

const Table<ManifestLoss>& ManifestLoss::fields() {
  static const Table<ManifestLoss> table{
      field("kind", &ManifestLoss::kind, "What was lost.").required(),
      field("count", &ManifestLoss::count, "How often.").required(),
      field("examples", &ManifestLoss::examples, "The first ones."),
  };
  return table;
}

const Table<ManifestFindingCount>& ManifestFindingCount::fields() {
  static const Table<ManifestFindingCount> table{
      field("kind", &ManifestFindingCount::kind, "Kind of problem in the sources.").required(),
      field("count", &ManifestFindingCount::count, "How often.").required(),
  };
  return table;
}

const Table<Manifest>& Manifest::fields() {
  static const Table<Manifest> table{
      field("schema", &Manifest::schema, "Version of this file format.").required(),
      field("engineVersion", &Manifest::engine_version, "Program version that wrote the dataset.").required(),
      field("group", &Manifest::group, "Dataset group."),
      field("type", &Manifest::type, "Dataset type.").always(),
      field("split", &Manifest::split, "Split.").always(),
      field("version", &Manifest::version, "Version."),
      field("format", &Manifest::format, "Annotation format.").required(),
      field("planDigest", &Manifest::plan_digest, "Digest of inputs, steps and engine: equal digest, equal output."),
      field("digest", &Manifest::digest, "Digest of all data files.").required(),
      field("images", &Manifest::images, "Number of images.").always(),
      field("annotations", &Manifest::annotations, "Number of annotations.").always(),
      field("classes", &Manifest::classes, "Number of classes.").always(),
      field("sizeBytes", &Manifest::size_bytes, "Size of all data files.").always(),
      field("inputs", &Manifest::inputs, "Datasets that went in."),
      field("allowLoss", &Manifest::allow_loss, "Losses that were allowed."),
      field("loss", &Manifest::loss, "Losses that happened."),
      field("findings", &Manifest::findings, "Problems found in the sources, by kind."),
      field("renames", &Manifest::renames, "Images with a new name."),
      field("skipped", &Manifest::skipped, "Images left out."),
      field("files", &Manifest::files, "All data files, sorted by path."),
  };
  return table;
}

}  // namespace visionops::dataset_folder
