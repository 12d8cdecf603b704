#include "worker/inspect/splits.h"

#include <algorithm>
#include <map>

#include "base/enum_names.h"
#include "base/json.h"
#include "worker/dataset/select.h"
#include "worker/inspect/report.h"

namespace visionops::inspect {

namespace {

using Row = std::vector<std::string>;
using dataset_folder::FolderPart;

constexpr std::size_t kClassRows = 40;

std::vector<FolderPart> named_parts(const dataset_folder::FolderParts& parts) {
  std::vector<FolderPart> out;
  std::ranges::copy_if(parts.parts, std::back_inserter(out),
                       [](const FolderPart& part) { return part.split != Split::None; });
  std::ranges::sort(out, {}, &FolderPart::split);
  return out;
}

/// The first column to the left, the others to the right.
std::string aligned(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string blanks(widths[i] - row[i].size(), ' ');
      out += i == 0 ? row[i] + blanks : "   " + blanks + row[i];
    }
    out += "\n";
  }
  return out;
}

std::string splits_table(const FolderInspection& folder) {
  std::vector<Row> rows{{"SPLIT", "IMAGES", "OBJECTS", "CLASSES", "PROBLEMS"}};
  for (const auto& [part, inspection] : folder.splits) {
    const std::string name(enum_name(part.split));
    if (!inspection) {
      rows.push_back({name, "-", "-", "-", "not readable"});
      continue;
    }
    const auto& facts = inspection->facts;
    rows.push_back({name, std::to_string(facts.images), std::to_string(facts.annotations),
                    std::to_string(facts.classes), std::to_string(facts.problems)});
  }
  return aligned(rows);
}

/// Objects of each class in each split; a class that a split does not have is "-".
std::string classes_table(const FolderInspection& folder) {
  Row header{"CLASS"};
  std::vector<std::string> names;
  std::vector<std::map<std::string, std::int64_t>> objects;
  for (const auto& [part, inspection] : folder.splits) {
    if (!inspection) continue;
    header.emplace_back(enum_name(part.split));
    objects.emplace_back();
    for (const auto& of_class : inspection->statistics.classes) {
      if (std::ranges::find(names, of_class.name) == names.end()) names.push_back(of_class.name);
      objects.back()[of_class.name] += of_class.objects;
    }
  }
  std::vector<Row> rows{std::move(header)};
  for (std::size_t i = 0; i < std::min(names.size(), kClassRows); ++i) {
    rows.push_back({names[i].substr(0, 40)});
    for (const auto& of : objects) {
      const auto found = of.find(names[i]);
      rows.back().push_back(found == of.end() ? "-" : std::to_string(found->second));
    }
  }
  const auto more = names.size() > kClassRows ? "and " + std::to_string(names.size() - kClassRows) + " more\n" : "";
  return aligned(rows) + more;
}

}  // namespace

bool holds_several(storage::StorageClient& store, const std::string& folder, const InspectOptions& options) {
  if (options.choice.split != Split::None) return false;
  const auto contents = dataset_folder::contents_of(store, folder, options.format, options.choice);
  return contents && named_parts(contents->parts).size() > 1;
}

Result<FolderInspection> inspect_splits(storage::StorageClient& store, const std::string& folder,
                                        const InspectOptions& options) {
  const auto contents = dataset_folder::contents_of(store, folder, options.format, options.choice);
  if (!contents) return dataset_folder::in_folder(contents.error(), folder);
  auto parts = named_parts(contents->parts);
  FolderInspection out{contents->format, {}, 0};
  for (const auto& part : contents->parts.parts) {
    if (part.split == Split::None && contents->parts.by_lists) out.unlisted_images = part.images;
  }
  if (parts.empty()) parts.emplace_back();
  for (auto& part : parts) {
    auto of_part = options;
    of_part.format = contents->format;
    of_part.choice.split = part.split;
    out.splits.push_back({part, inspect_dataset(store, folder, of_part)});
  }
  return out;
}

std::string splits_json(const FolderInspection& folder) {
  Json splits = Json::array();
  for (const auto& [part, inspection] : folder.splits) {
    Json entry{{"split", std::string(enum_name(part.split))}, {"place", part.place}, {"annotations", part.annotations}};
    if (inspection) {
      entry["report"] = report_object(*inspection);
    } else {
      entry["error"] = inspection.error().message;
    }
    splits.push_back(std::move(entry));
  }
  const Json out{
      {"format", std::string(folder.format.name())}, {"splits", splits}, {"unlistedImages", folder.unlisted_images}};
  return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string splits_text(const FolderInspection& folder) {
  std::string out = std::string(folder.format.name()) + "\n\n" + splits_table(folder) + "\n" + classes_table(folder);
  for (const auto& [part, inspection] : folder.splits) {
    const std::string title =
        "\n" + std::string(enum_name(part.split)) + (part.place.empty() ? "" : " (" + part.place + ")");
    if (!inspection) {
      out += title + "\n  error: " + inspection.error().message + "\n";
    } else if (inspection->findings.total() > 0) {
      out += title + problems_text(inspection->findings);
    }
  }
  if (folder.unlisted_images > 0) {
    out += "\n" + std::to_string(folder.unlisted_images) + " images stand in no list and belong to no split\n";
  }
  return out;
}

}  // namespace visionops::inspect
