// Label Studio's JSON export.
#include "worker/dataset/formats/label_studio/label_studio.h"

#include <algorithm>

#include "worker/dataset/folder/load_label_files.h"
#include "worker/dataset/folder/settle_images.h"
#include "worker/dataset/folder/unread_labels.h"
#include "worker/dataset/formats/few_json_files.h"
#include "worker/dataset/formats/format.h"
#include "worker/dataset/formats/read_json_list.h"
#include "worker/dataset/text/xml_elements.h"

namespace visionops::formats {

namespace {

using dataset_folder::FolderListing;
using dataset_folder::LoadedDataset;

/// In the root those that are by their first bytes, or by the name that we give where nobody can read them.
std::vector<std::string> files_of(const FolderListing& listing) {
  return few_json_files(listing, dataset_folder::in_root, [&](const std::string& file) {
    const auto head = listing.head(file);
    return head.empty() ? file == label_studio::kTasks : label_studio::looks_like_tasks(head);
  });
}

dataset_folder::Recognition recognise(const FolderListing& listing) {
  using Certainty = dataset_folder::Recognition::Certainty;
  const auto files = files_of(listing);
  if (files.empty()) return {};
  if (files.size() == 1 || !listing.annotation_file().empty()) {
    return {Certainty::Named, files.front() + " is a list of tasks of Label Studio"};
  }
  return {Certainty::Ambiguous, "several lists of tasks of Label Studio (" + dataset_folder::listed(files) +
                                    "): say by --annotations or spec.annotations which one is meant"};
}

dataset_folder::OwnsFile owns_file(const FolderListing& listing) {
  return [files = files_of(listing)](std::string_view path) {
    return path == label_studio::kConfig || std::ranges::find(files, path) != files.end();
  };
}

Result<std::string> file_of(const FolderListing& listing) {
  if (!listing.annotation_file().empty()) return listing.annotation_file();
  const auto files = files_of(listing);
  if (files.size() == 1) return files.front();
  if (files.empty()) return not_found_error("no list of tasks of Label Studio (*.json)");
  return invalid_error(recognise(listing).why);
}

/// The classes in the order of the first control of the configuration.
Status read_config(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                   LoadedDataset& loaded) {
  if (!listing.contains(label_studio::kConfig)) return {};
  const auto text = store.read(dataset_folder::join(folder, label_studio::kConfig), dataset_folder::kMaxLabelBytes);
  if (!text) return text.error();
  const auto tree = annotations::read_xml_tree(*text);
  if (!tree) return tree.error().in(label_studio::kConfig);
  annotations::CategoryNames names;
  for (const auto& control : tree->children) {
    for (const auto& label : control.children) {
      const auto* value = label.attribute("value");
      const bool lists = label.name == "Label" || label.name == "Choice";
      if (lists && value != nullptr && !value->empty()) names.of(loaded.annotations, *value);
    }
  }
  loaded.annotation_files.emplace_back(label_studio::kConfig);
  return {};
}

Result<LoadedDataset> load(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                           annotations::Findings& findings, unsigned threads) {
  const auto file = file_of(listing);
  if (!file) return file.error();
  LoadedDataset loaded;
  loaded.annotations.source_format = Format("LabelStudio");
  loaded.annotation_files = {*file};
  if (auto config = read_config(store, folder, listing, loaded); !config) return config.error();
  const auto classes = loaded.annotations.categories.size();
  label_studio::TaskReader reader(loaded, listing, *file, findings);
  const auto take = [&](const ListElement& element) {
    const auto task = parse_json(element.text);
    if (task) return reader.take(*task, element.position);
    findings.add(
        {"MalformedImage", *file, element.position + ", byte " + std::to_string(element.offset), task.error().message});
  };
  const auto read = read_json_list(store, dataset_folder::join(folder, *file), take);
  if (!read) return read.error().in(*file);
  reader.finish();
  annotations::sort_categories(loaded.annotations, classes);
  if (auto settled = settle_images(store, folder, loaded, findings, threads); !settled) return settled.error();
  const auto was_read = [&](std::string_view path) { return path == *file || path == label_studio::kConfig; };
  dataset_folder::report_unread_files(store, folder, listing, was_read, threads, findings);
  return loaded;
}

}  // namespace

extern const AnnotationFormat label_studio{
    .name = Format("LabelStudio"),
    .layout = "*.json of Label Studio",
    .loses = "Masks, Crowd, Ignore, Attributes, Keypoints, MultiPart, Boxes, UnknownKeys",
    .reader =
        dataset_folder::FormatReader{
            .recognise = recognise,
            .owns_file = owns_file,
            .load = load,
            .label_files = false,
            .one_file = true,
        },
    .writer =
        annotations::FormatWriter{
            .loss = label_studio::label_studio_loss,
            .keeps = label_studio::label_studio_keeps,
            .needs_size = true,
            .dataset_files = label_studio::label_studio_files,
        },
};

}  // namespace visionops::formats
