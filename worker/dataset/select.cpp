#include "worker/dataset/select.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/relative_path.h"
#include "worker/dataset/formats/format.h"

namespace visionops::dataset_folder {

namespace {

/// "neither annotation.json (COCO), nor data.yaml (YOLO) is there"
Error nothing_found(const FolderListing& listing) {
  for (const auto& file : listing.files()) {
    for (const char* ending : {".zip", ".tar", ".tar.gz", ".tgz", ".7z", ".rar"}) {
      if (file.path.ends_with(ending)) return not_found_error(file.path + " is an archive: unpack it first");
    }
  }
  std::string text;
  for (const auto& info : contract::formats()) {
    if (!info.reads) continue;
    text += (text.empty() ? "neither " : ", nor ") + std::string(info.layout) + " (" + std::string(info.name) + ")";
  }
  return not_found_error(text + " is there");
}

Error several_fit(const std::vector<const formats::AnnotationFormat*>& formats) {
  std::string text;
  for (const auto* format : formats) {
    text +=
        (text.empty() ? "" : " and ") + std::string((*format->name).name()) + " (" + std::string(format->layout) + ")";
  }
  return invalid_error(text + " are both here: say by --format (inspect) or --from (convert) which one is meant");
}

Result<Format> format_of(const FolderListing& listing) {
  std::vector<const formats::AnnotationFormat*> best;
  Recognition found;
  for (const auto* format : formats::format_table()) {
    if (!format->reader) continue;
    auto recognition = format->reader->recognise(listing);
    if (recognition.certainty < found.certainty || recognition.certainty == Recognition::Certainty::Not) continue;
    if (recognition.certainty > found.certainty) best.clear();
    found = std::move(recognition);
    best.push_back(format);
  }
  if (best.empty()) return nothing_found(listing);
  if (found.certainty == Recognition::Certainty::Ambiguous) return invalid_error(found.why);
  if (best.size() > 1) return several_fit(best);
  return *best.front()->name;
}

Status check_choice(const FolderListing& listing, const Choice& choice) {
  for (const auto& [field, path] : {std::pair("annotations", &choice.annotations), {"imageRoot", &choice.image_root}}) {
    if (path->empty()) continue;
    if (const auto problem = relative_path_problem(*path)) return invalid_error(std::string(field) + ": " + *problem);
  }
  if (!choice.annotations.empty() && !listing.contains(choice.annotations))
    return not_found_error("annotations: " + choice.annotations + " is not there");
  const bool has_root = choice.image_root.empty() || std::ranges::any_of(listing.files(), [&](const auto& file) {
                          return stands_below(file.path, choice.image_root);
                        });
  return has_root ? Status{} : Status(not_found_error("imageRoot: nothing stands in " + choice.image_root + "/"));
}

struct Opened {
  Format format = Format::None;
  const FormatReader* reader = nullptr;
  FolderListing listing;
};

Result<Opened> open(storage::StorageClient& store, const std::string& folder, Format wanted, const Choice& choice) {
  const auto listing = list_dataset(store, folder);
  if (!listing) return listing.error();
  if (auto checked = check_choice(*listing, choice); !checked) return checked.error();
  Opened out{wanted, nullptr, listing->with(choice)};
  if (wanted == Format::None) {
    const auto found = format_of(out.listing);
    if (!found) return found.error();
    out.format = *found;
  }
  out.reader = formats::reader_of(out.format);
  if (out.reader == nullptr) {
    return invalid_error("format: " + std::string(out.format.name()) + " cannot be read, only " +
                         contract::format_names(&contract::FormatInfo::reads));
  }
  if (!choice.annotations.empty() && !out.reader->one_file) {
    return invalid_error("annotations: " + std::string(out.format.name()) +
                         " has no one file of annotations: " + choice.annotations + " cannot be chosen");
  }
  return out;
}

}  // namespace

Result<SelectedDataset> select_dataset(storage::StorageClient& store, const std::string& folder, Format format,
                                       const Choice& choice) {
  auto opened = open(store, folder, format, choice);
  if (!opened) return opened.error();
  const auto parts = opened->reader->parts(store, folder, opened->listing);
  if (!parts) return parts.error();
  // A file or a folder that somebody named is a choice by itself, whatever its name says of a split.
  const auto splits = std::ranges::count_if(parts->parts, [](const auto& part) { return part.split != Split::None; });
  const bool chosen = (!choice.annotations.empty() || !choice.image_root.empty()) && splits < 2;
  if (chosen) return SelectedDataset{opened->format, std::move(opened->listing)};
  auto part = choose_part(opened->listing, *parts, choice);
  if (!part) return part.error();
  return SelectedDataset{opened->format, *std::move(part)};
}

Result<FolderContents> contents_of(storage::StorageClient& store, const std::string& folder, Format format,
                                   const Choice& choice) {
  const auto opened = open(store, folder, format, choice);
  if (!opened) return opened.error();
  auto parts = opened->reader->parts(store, folder, opened->listing);
  if (!parts) return parts.error();
  return FolderContents{opened->format, *std::move(parts)};
}

Error in_folder(const Error& error, const std::string& folder) {
  return error.in(folder.empty() ? "dataset folder" : folder);
}

}  // namespace visionops::dataset_folder
