#include "worker/dataset/formats/visdrone/visdrone.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "worker/dataset/folder/load_label_files.h"
#include "worker/dataset/formats/format.h"
#include "worker/dataset/model/geometry_check.h"
#include "worker/dataset/model/label_files.h"

namespace visionops::annotations {

namespace {

constexpr std::array kNames{"pedestrian", "people",          "bicycle", "car",   "van",    "truck",
                            "tricycle",   "awning-tricycle", "bus",     "motor", "others", "ignored-regions"};
constexpr std::uint32_t kIgnoredRegions = 11;

struct Field {
  const char* name;
  double lowest;
  double highest;
};
constexpr double kFar = 1 << 24;  // pixels
/// -1: not told, as in detection results.
constexpr std::array<Field, 8> kFields{{{"left", -kFar, kFar},
                                        {"top", -kFar, kFar},
                                        {"width", 0, kFar},
                                        {"height", 0, kFar},
                                        {"score", 0, 1},
                                        {"category", 0, 11},
                                        {"truncation", -1, 1},
                                        {"occlusion", -1, 2}}};
enum { kLeft, kTop, kWidth, kHeight, kScore, kCategory, kTruncation, kOcclusion };
using Row = std::array<double, kFields.size()>;

std::string_view trimmed(std::string_view token) {
  const auto begin = token.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return token.substr(begin, token.find_last_not_of(" \t") - begin + 1);
}

/// A comma behind the last value is common and means nothing.
std::vector<std::string_view> values_of(std::string_view line) {
  std::vector<std::string_view> values;
  for (std::size_t begin = 0; begin <= line.size();) {
    const std::size_t end = std::min(line.find(',', begin), line.size());
    values.push_back(trimmed(line.substr(begin, end - begin)));
    begin = end + 1;
  }
  if (values.back().empty()) values.pop_back();
  return values;
}

/// The numbers of a row, or why it is none.
std::optional<std::string> parse_row(std::string_view line, Row& row) {
  const auto values = values_of(line);
  if (values.size() != row.size()) {
    return "has " + std::to_string(values.size()) +
           " values, expected left,top,width,height,score,category,truncation,occlusion";
  }
  for (std::size_t i = 0; i < row.size(); ++i) {
    const auto& field = kFields[i];
    if (!parse_number(values[i], row[i])) return std::string(field.name) + " " + quoted(values[i]) + " is not a number";
    const bool whole = i < kScore || row[i] == std::floor(row[i]);
    if (!whole || row[i] < field.lowest || row[i] > field.highest) {
      const std::string hint = i == kScore ? " (0 or 1; detection results are no annotations)" : "";
      return std::string(field.name) + " is " + std::string(values[i]) + ", out of range" + hint;
    }
  }
  return std::nullopt;
}

std::uint32_t category_of(const Row& row) {
  const auto number = static_cast<std::uint32_t>(row[kCategory]);
  return number == 0 ? kIgnoredRegions : number - 1;
}

std::string attributes_of(const Row& row) {
  const auto number = [&](std::size_t i) { return std::to_string(static_cast<int>(row[i])); };
  return "{\"occlusion\":" + number(kOcclusion) + ",\"score\":" + number(kScore) +
         ",\"truncation\":" + number(kTruncation) + "}";
}

}  // namespace

std::vector<Category> visdrone_categories() {
  std::vector<Category> categories;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    categories.emplace_back();
    categories.back().id = i == kIgnoredRegions ? 0 : static_cast<std::int64_t>(i) + 1;
    categories.back().name = kNames[i];
  }
  return categories;
}

void read_visdrone_rows(std::string_view text, const std::string& file, std::uint32_t image, Annotations& a,
                        Findings& findings) {
  for_each_row(text, file, findings, [&](std::string_view line, std::size_t number) {
    const std::string where = "line " + std::to_string(number);
    Row row{};
    if (const auto problem = parse_row(line, row)) {
      findings.add({"MalformedRow", file, where, *problem});
      return;
    }
    Object object;
    object.id = static_cast<std::int64_t>(a.objects.size()) + 1;
    object.image = image;
    object.category = category_of(row);
    object.box = {row[kLeft], row[kTop], row[kWidth], row[kHeight]};
    object.area = row[kWidth] * row[kHeight];
    object.has_box = object.has_area = object.has_crowd = true;  // COCO requires area and iscrowd
    object.ignore = object.has_ignore = object.category == kIgnoredRegions || row[kScore] == 0;
    object.attributes = a.add_text(attributes_of(row));
    check_box(a, object, file, where, findings);
    a.objects.push_back(object);
  });
}

std::string visdrone_annotation_path(std::string_view image_path) { return label_path(image_path, "annotations"); }

}  // namespace visionops::annotations

namespace visionops::formats {

namespace {

using dataset_folder::FolderListing;

/// "annotations/a.txt": by where it stands.
bool is_visdrone_file(std::string_view path) {
  return path.ends_with(".txt") && dataset_folder::stands_in(path, "annotations");
}

bool has_files(const FolderListing& listing) {
  return std::ranges::any_of(listing.files(), [](const auto& file) { return is_visdrone_file(file.path); });
}

dataset_folder::Recognition recognise(const FolderListing& listing) {
  using Certainty = dataset_folder::Recognition::Certainty;
  return {has_files(listing) ? Certainty::Folders : Certainty::Not};
}

Result<dataset_folder::LoadedDataset> load(storage::StorageClient& store, const std::string& folder,
                                           const FolderListing& listing, annotations::Findings& findings,
                                           unsigned threads) {
  if (!has_files(listing)) return not_found_error("no annotations/*.txt (VisDrone)");
  const dataset_folder::LabelFileFormat format{.format = Format("VisDrone"),
                                               .categories = annotations::visdrone_categories(),
                                               .annotation_files = {},
                                               .path_of = annotations::visdrone_annotation_path,
                                               .is_label_file = is_visdrone_file,
                                               .read = annotations::read_visdrone_rows};
  return dataset_folder::load_label_files(store, folder, listing, findings, threads, format);
}

}  // namespace

extern const AnnotationFormat visdrone{
    .name = Format("VisDrone"),
    .layout = "annotations/*.txt",
    .reader =
        dataset_folder::FormatReader{
            .recognise = recognise,
            .owns_file = [](const FolderListing&) { return dataset_folder::OwnsFile(is_visdrone_file); },
            .load = load,
            .label_files = true,
        },
};

}  // namespace visionops::formats
