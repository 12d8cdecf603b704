#include "operator/api/dataset.h"

#include <algorithm>

#include "operator/api/resource_codec.h"
#include "operator/api/rules.h"

namespace visionops::api {

namespace {

constexpr double kMaxCount = 1e12;

constexpr const char* kIdentity =
    " is part of a Dataset's identity and cannot change; create a Dataset with another name";

/// Every format that can be read, with its files.
const std::string& format_words() {
  static const std::string words = [] {
    std::string text = "How the annotations are written.";
    for (const auto& info : contract::formats()) {
      if (info.reads) text += " " + std::string(info.name) + ": " + std::string(info.layout) + ".";
    }
    return text;
  }();
  return words;
}

}  // namespace

const Table<QualityGate>& QualityGate::fields() {
  static const Table<QualityGate> table{
      field("maxMissingImages", &QualityGate::max_missing_images,
            "How many images may be named in the annotations but not be there.")
          .unit("images")
          .default_text("no bound")
          .range(0, kMaxCount)
          .example("0"),
      field("maxDamagedImages", &QualityGate::max_damaged_images, "How many images may fail to decode.")
          .unit("images")
          .default_text("no bound")
          .range(0, kMaxCount)
          .example("0"),
      field("maxProblems", &QualityGate::max_problems,
            "How many findings of any kind the inspection may have: dangling ids, boxes outside of the image, "
            "annotation ids that occur twice and the like. An image id that occurs twice is no finding: such a file is "
            "refused.")
          .unit("findings")
          .default_text("no bound")
          .range(0, kMaxCount)
          .example("100"),
      field("minImages", &QualityGate::min_images, "How many images the Dataset must have.")
          .unit("images")
          .default_text("no bound")
          .range(0, kMaxCount)
          .example("1000"),
      field("minImagesPerClass", &QualityGate::min_images_per_class,
            "In how many images every class must occur at least once.")
          .unit("images")
          .default_text("no bound")
          .range(0, kMaxCount)
          .example("20"),
  };
  return table;
}

namespace {

/// What the data are.
Table<DatasetSpec> fields_of_the_data() {
  return Table<DatasetSpec>{
      field("group", &DatasetSpec::group,
            "Logical bundle: the splits and versions of one body of data share it. Pipelines and TrainingJobs refer "
            "to \"the newest version of this group and split\".")
          .required()
          .min_length(1)
          .max_length(kMaxGroup)
          .pattern(kLabelPattern, kLabelWords)
          .immutable(std::string("group") + kIdentity)
          .example("street"),
      field("type", &DatasetSpec::type,
            "How far the data are processed: Raw as they were delivered, Source put into the platform's layout, "
            "Processed by manipulators, Fusion of several sources.")
          .required()
          .immutable(std::string("type") + kIdentity)
          .example("Raw"),
      field("split", &DatasetSpec::split,
            "Role in training. Versions are counted per group and split. None: the data are not split.")
          .required()
          .immutable(std::string("split") + kIdentity)
          .example("Train"),
      field("version", &DatasetSpec::version, "Version of this group and split: v, major, minor and patch number.")
          .required()
          .max_length(kMaxVersion)
          .pattern(kVersionPattern, kVersionWords)
          .example("v1.0.0"),
      field("format", &DatasetSpec::format, format_words().c_str()).required().example("COCO"),
      field("tasks", &DatasetSpec::tasks, "What models may be trained for with these annotations.")
          .default_text("any task that the annotations allow")
          .max_items(6)
          .set()
          .example("[Detection]"),
      field("modality", &DatasetSpec::modality, "Kind of sensor."),
  };
}

/// Where they lie and come from, and how they are kept.
Table<DatasetSpec> fields_of_the_files() {
  return Table<DatasetSpec>{
      field("store", &DatasetSpec::store,
            "Store that holds the files, as the administrator declared it. Never a path of a node or a URL.")
          .required()
          .min_length(1)
          .max_length(kMaxStore)
          .pattern(kLabelPattern, kLabelWords)
          .example("datasets"),
      path_field<DatasetSpec, &DatasetSpec::path>(
          "path", "Folder inside the store. It holds images/ and the files of the format.")
          .default_text("{type}/{group}/{split}/{version} in lower case")
          .example("raw/street/train/v1.0.0"),
      path_field<DatasetSpec, &DatasetSpec::annotations>(
          "annotations",
          "File of annotations inside path, or YOLO's YAML file, where the folder has several. Other files of its kind "
          "are not read then. A folder with several splits and one file for each is read by spec.split alone.")
          .default_text("as the layout says")
          .example("annotations/instances_train2017.json"),
      path_field<DatasetSpec, &DatasetSpec::image_root>(
          "imageRoot", "Folder inside path that the names of images begin in. Images elsewhere are not read then.")
          .default_text("as the layout says")
          .example("train2017"),
      field("origin", &DatasetSpec::origin, "Where the data came from, a URL or words; kept with the lineage.")
          .steering()
          .default_text("none")
          .max_length(2048)
          .example("https://example.org/street"),
      field("description", &DatasetSpec::description, "Free text for people: what is in it, what to be careful about.")
          .steering()
          .default_text("none")
          .max_length(4096),
      field("qualityGate", &DatasetSpec::quality_gate,
            "Bounds that the inspection must meet before the Dataset becomes Ready.")
          .default_text("no bounds"),
      field("allowLoss", &DatasetSpec::allow_loss,
            "What may stand in the files and not be read: Images, LabelFiles, Rows, Objects and parts of them. "
            "Elements that cannot be read fail the quality gate unless their kind is named here; what they are "
            "stands in status.health. A Pipeline that reads the Dataset has an allowLoss of its own.")
          .default_text("nothing may be left out")
          .max_items(14)
          .set()
          .example("[Rows]"),
      field("deletionPolicy", &DatasetSpec::deletion_policy,
            "What happens to the files when the resource is deleted: Retain keeps them, Delete removes those that its "
            "inspection listed. Files that lie in the folder of another Dataset too, that were replaced since, or "
            "that the annotations never named stay.")
          .steering(),
      profile_field<DatasetSpec>("Profile of the administrator: where the inspection's Pods run."),
  };
}

}  // namespace

const Table<DatasetSpec>& DatasetSpec::fields() {
  static const auto table = fields_of_the_files().extends(fields_of_the_data());
  return table;
}

Dataset decode_dataset(const Json& json) { return decode_resource<Dataset>(json); }
Json encode(const Dataset& dataset) { return encode_resource(dataset); }

void validate(const DatasetSpec& spec, Problems& problems) { DatasetSpec::fields().check(spec, "spec", problems); }

std::string dataset_path(const DatasetSpec& spec) {
  std::string path = spec.path;
  if (path.empty()) {
    const auto word = [](std::string_view name) {
      std::string lower(name);
      std::transform(lower.begin(), lower.end(), lower.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
      return lower;
    };
    path = word(enum_name(spec.type)) + "/" + spec.group + "/" + word(enum_name(spec.split)) + "/" + spec.version;
  }
  while (!path.empty() && path.back() == '/') path.pop_back();
  const auto begin = path.find_first_not_of('/');
  return begin == std::string::npos ? "" : path.substr(begin);
}

}  // namespace visionops::api
