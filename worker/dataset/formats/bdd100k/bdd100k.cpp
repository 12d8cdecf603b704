// BDD100K: one JSON file of frames for a split, and its images.
#include "worker/dataset/formats/bdd100k/bdd100k.h"

#include <algorithm>

#include "worker/dataset/folder/settle_images.h"
#include "worker/dataset/folder/splits.h"
#include "worker/dataset/folder/unread_labels.h"
#include "worker/dataset/formats/few_json_files.h"
#include "worker/dataset/formats/format.h"
#include "worker/dataset/formats/read_json_list.h"
#include "worker/dataset/model/geometry_check.h"
#include "worker/dataset/text/json_fields.h"
#include "worker/dataset/text/json_members.h"

namespace visionops::bdd100k {

namespace {

using annotations::JsonMembers;
using annotations::member_of;

/// Where the images of the data set are when it is unpacked.
const std::vector<std::string>& image_roots() {
  static const std::vector<std::string> roots{"images/",
                                              "",
                                              "images/100k/train/",
                                              "images/100k/val/",
                                              "images/100k/test/",
                                              "images/10k/train/",
                                              "images/10k/val/",
                                              "images/10k/test/",
                                              "train/",
                                              "val/",
                                              "test/",
                                              "images/train/",
                                              "images/val/",
                                              "images/test/"};
  return roots;
}

/// What the object has beside `known`.
void add_rest(const Json& object, std::initializer_list<std::string_view> known, JsonMembers& members) {
  for (const auto& [key, value] : object.items()) {
    const bool read = std::find(known.begin(), known.end(), key) != known.end();
    if (!read && !annotations::is_empty_value(value)) members.add(key, dump_json(value));
  }
}

std::string attributes_of(const Json& label) {
  JsonMembers members;
  if (const auto* given = member_of(label, "attributes"); given != nullptr && given->is_object()) {
    for (const auto& [key, value] : given->items()) members.add(key, dump_json(value));
  }
  add_rest(label, {"attributes", "category", "box2d", "poly2d", "id"}, members);
  return members.text();
}

}  // namespace

bool looks_like_frames(std::string_view head) {
  const auto first = head.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || head[first] != '[') return false;
  const auto has = [head](std::string_view key) { return head.find(key) != std::string_view::npos; };
  return has("\"name\"") && has("\"labels\"") && (has("\"box2d\"") || has("\"poly2d\""));
}

void FrameReader::take(const Json& frame, const std::string& position) {
  if (!frame.is_object()) {
    findings_.add({"MalformedImage", file_, position, "is no object"});
    return;
  }
  auto& images = loaded_.annotations.images;
  const auto before = images.size();
  const auto image = images_.add(text_of(frame, "name"), image_roots(), position);
  if (images.size() > before) {
    JsonMembers extra = JsonMembers::of_image();
    add_rest(frame, {"name", "labels"}, extra);
    images.back().extra = extra.text();
  }
  const auto* labels = member_of(frame, "labels");
  if (labels == nullptr || labels->is_null()) return;
  if (!labels->is_array()) {
    findings_.add({"MalformedAnnotation", file_, position + ".labels", "is no list"});
    return;
  }
  for (std::size_t i = 0; i < labels->size(); ++i) {
    const auto where = position + ".labels[" + std::to_string(i) + "]";
    if (image) {
      take_label((*labels)[i], *image, where);
    } else {
      findings_.add({"ObjectWithoutImage", file_, where, "its image is left out"});
    }
  }
}

void FrameReader::take_label(const Json& label, std::uint32_t image, const std::string& position) {
  auto& a = loaded_.annotations;
  annotations::Object object;
  object.image = image;
  const auto category = label.is_object() ? text_of(label, "category") : std::string();
  if (category.empty()) {
    findings_.add({"MalformedAnnotation", file_, position, "has no category"});
    return;
  }
  const auto shaped = read_label(label, a, object);
  if (shaped.left_out) {
    findings_.add({*shaped.left_out, file_, position, shaped.why});
    return;
  }
  if (shaped.exchanged)
    findings_.add({"RepairedBox", file_, position, "x1 is greater than x2, or y1 than y2; exchanged"});
  object.id = static_cast<std::int64_t>(a.objects.size()) + 1;
  object.category = names_.of(a, category);
  const auto attributes = attributes_of(label);
  if (!attributes.empty()) object.attributes = a.add_text(attributes);
  annotations::check_box(a, object, file_, position, findings_);
  a.objects.push_back(object);
}

}  // namespace visionops::bdd100k

namespace visionops::formats {

namespace {

using dataset_folder::FolderListing;
using dataset_folder::LoadedDataset;

/// Near the root those that are by their first bytes.
std::vector<std::string> files_of(const FolderListing& listing) {
  return few_json_files(
      listing, [](std::string_view path) { return std::ranges::count(path, '/') <= 2; },
      [&](const std::string& file) { return bdd100k::looks_like_frames(listing.head(file)); });
}

dataset_folder::Recognition recognise(const FolderListing& listing) {
  using Certainty = dataset_folder::Recognition::Certainty;
  const auto files = files_of(listing);
  if (files.empty()) return {};
  return {Certainty::Named, files.front() + " is a list of frames with box2d or poly2d"};
}

dataset_folder::OwnsFile owns_file(const FolderListing& listing) {
  return [files = files_of(listing)](std::string_view path) { return std::ranges::find(files, path) != files.end(); };
}

/// "det_train.json"
Split split_of(std::string_view file) {
  auto name = dataset_folder::without_suffix(dataset_folder::base_name(file));
  return dataset_folder::split_named(dataset_folder::split_word(name.substr(name.rfind('_') + 1)));
}

/// A file is a split; its images are those that stand in a folder called after no other.
Result<dataset_folder::FolderParts> parts(storage::StorageClient&, const std::string&, const FolderListing& listing) {
  dataset_folder::FolderParts out;
  const auto files = files_of(listing);
  for (const auto& file : files) {
    const auto split = split_of(file);
    out.parts.push_back({.split = split,
                         .place = file,
                         .annotations = file,
                         .holds = [=, of = dataset_folder::split_finder({})](std::string_view path) {
                           if (std::ranges::find(files, path) != files.end()) return path == file;
                           const auto stands = dataset_folder::split_named(of(path));
                           return stands == Split::None || stands == split;
                         }});
  }
  return out;
}

Result<std::string> file_of(const FolderListing& listing) {
  if (!listing.annotation_file().empty()) return listing.annotation_file();
  const auto files = files_of(listing);
  if (files.size() == 1) return files.front();
  if (files.empty()) return not_found_error("no JSON list of frames (BDD100K)");
  return invalid_error("several lists of frames (" + dataset_folder::listed(files) +
                       "): say by --annotations or spec.annotations which one is meant");
}

Result<LoadedDataset> load(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                           annotations::Findings& findings, unsigned threads) {
  const auto file = file_of(listing);
  if (!file) return file.error();
  LoadedDataset loaded;
  loaded.annotations.source_format = Format("BDD100K");
  loaded.annotation_files = {*file};
  bdd100k::FrameReader reader(loaded, listing, *file, findings);
  const auto take = [&](const ListElement& element) {
    const auto frame = parse_json(element.text);
    if (frame) return reader.take(*frame, element.position);
    findings.add({"MalformedImage", *file, element.position + ", byte " + std::to_string(element.offset),
                  frame.error().message});
  };
  const auto read = read_json_list(store, dataset_folder::join(folder, *file), take);
  if (!read) return read.error().in(*file);
  reader.finish();
  annotations::sort_categories(loaded.annotations);
  if (auto settled = settle_images(store, folder, loaded, findings, threads); !settled) return settled.error();
  const auto was_read = [&file](std::string_view path) { return path == *file; };
  dataset_folder::report_unread_files(store, folder, listing, was_read, threads, findings);
  return loaded;
}

}  // namespace

extern const AnnotationFormat bdd100k{
    .name = Format("BDD100K"),
    .layout = "*.json of BDD100K",
    .reader =
        dataset_folder::FormatReader{
            .recognise = recognise,
            .owns_file = owns_file,
            .load = load,
            .label_files = false,
            .one_file = true,
            .parts = parts,
        },
};

}  // namespace visionops::formats
