// TOY: toy.txt, one line for each object: image class x y w h, in pixels from the left top corner. Names have no
// blanks.
#include <algorithm>
#include <sstream>
#include <unordered_map>

#include "worker/dataset/folder/image_file.h"
#include "worker/dataset/folder/load_label_files.h"
#include "worker/dataset/folder/unread_labels.h"
#include "worker/dataset/formats/format.h"
#include "worker/dataset/model/geometry_check.h"
#include "worker/dataset/model/label_files.h"
#include "worker/dataset/model/loss_counter.h"

namespace visionops::formats {

namespace {

using annotations::Annotations;
using annotations::Findings;
using annotations::Object;
using dataset_folder::FolderListing;
using dataset_folder::LoadedDataset;

constexpr const char* kFile = "toy.txt";

dataset_folder::Recognition recognise(const FolderListing& listing) {
  using Certainty = dataset_folder::Recognition::Certainty;
  return {listing.contains(kFile) ? Certainty::Named : Certainty::Not};
}

std::uint32_t category_of(const std::string& name, Annotations& a) {
  const auto at = std::ranges::find(a.categories, name, &annotations::Category::name);
  if (at != a.categories.end()) return static_cast<std::uint32_t>(at - a.categories.begin());
  a.categories.emplace_back();
  a.categories.back().id = static_cast<std::int64_t>(a.categories.size());
  a.categories.back().name = name;
  return static_cast<std::uint32_t>(a.categories.size() - 1);
}

/// Every picture of the folder is an image; one whose size cannot be read is left out.
void load_images(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                 LoadedDataset& out, Findings& findings) {
  for (const auto* file : dataset_folder::image_files(listing)) {
    const auto header = dataset_folder::read_image_file_header(store, dataset_folder::join(folder, file->path));
    if (!header) {
      findings.add({"UnreadableImage", file->path, "", header.error().message});
      continue;
    }
    auto& image = out.annotations.images.emplace_back();
    image.id = static_cast<std::int64_t>(out.annotations.images.size());
    image.file_name = dataset_folder::name_without_images_folder(file->path);
    image.path = file->path;
    image.width = header->shown_width();
    image.height = header->shown_height();
    out.image_bytes.push_back(file->size);
  }
}

void read_rows(std::string_view text, Annotations& a, Findings& findings) {
  std::unordered_map<std::string, std::uint32_t> images;
  for (std::uint32_t i = 0; i < a.images.size(); ++i) images.emplace(a.images[i].file_name, i);
  annotations::for_each_row(text, kFile, findings, [&](std::string_view line, std::size_t number) {
    const std::string where = "line " + std::to_string(number);
    std::istringstream row{std::string(line)};
    std::string image, name, rest;
    Object object;
    row >> image >> name;
    for (double& side : object.box) row >> side;
    if (!row || row >> rest) return findings.add({"MalformedRow", kFile, where, "expected image class x y w h"});
    const auto at = images.find(image);
    if (at == images.end()) return findings.add({"DanglingImage", kFile, where, image + " does not exist"});
    object.id = static_cast<std::int64_t>(a.objects.size()) + 1;
    object.image = at->second;
    object.category = category_of(name, a);
    object.area = object.box[2] * object.box[3];
    object.has_box = object.has_area = object.has_crowd = true;
    annotations::check_box(a, object, kFile, where, findings);
    a.objects.push_back(object);
  });
}

Result<LoadedDataset> load(storage::StorageClient& store, const std::string& folder, const FolderListing& listing,
                           Findings& findings, unsigned threads) {
  const auto text = store.read(dataset_folder::join(folder, kFile), dataset_folder::kMaxAnnotationBytes);
  if (!text) return text.error();
  LoadedDataset out;
  out.annotations.source_format = Format("TOY");
  out.annotation_files = {kFile};
  load_images(store, folder, listing, out, findings);
  read_rows(*text, out.annotations, findings);
  dataset_folder::report_unread_files(
      store, folder, listing, [](std::string_view path) { return path == kFile; }, threads, findings);
  return out;
}

bool blank_in(std::string_view name) { return name.empty() || name.find_first_of(" \t") != std::string_view::npos; }

bool is_kept(const Annotations& a, const Object& object) {
  return object.has_box && !object.crowd && !object.ignore && !blank_in(a.images[object.image].file_name) &&
         !blank_in(a.categories[object.category].name);
}

std::vector<bool> keeps(const Annotations& a, const std::vector<Task>&) {
  std::vector<bool> kept;
  for (const auto& object : a.objects) kept.push_back(is_kept(a, object));
  return kept;
}

annotations::LossReport loss(const Annotations& a, const std::vector<Task>&) {
  annotations::LossCounter lost(a);
  for (std::size_t i = 0; i < a.objects.size(); ++i) {
    const auto& object = a.objects[i];
    const auto count = [&](bool it, LossKind kind, const char* what) {
      if (it) lost.add(kind, i, [&] { return std::string(what); });
    };
    count(object.crowd, LossKind::Crowd, "crowd region is left out");
    count(object.ignore && !object.crowd, LossKind::Ignore, "ignored region is left out");
    count(!object.crowd && !object.ignore && !is_kept(a, object), LossKind::Objects, "no box, or a name with a blank");
    count(object.shape_kind != annotations::Shape::None, LossKind::Masks, "mask");
    count(object.keypoints.size > 0, LossKind::Keypoints, "keypoints");
    count(object.attributes.size > 2, LossKind::Attributes, "attributes");
    count(object.extra.size > 0, LossKind::UnknownKeys, "unknown keys");
  }
  annotations::count_unknown_keys(a, lost);
  return lost.report();
}

std::vector<annotations::TextFile> dataset_files(const Annotations& a, const annotations::WriteOptions&) {
  std::ostringstream text;
  for (const auto& object : a.objects) {
    if (!is_kept(a, object)) continue;
    text << a.images[object.image].file_name << ' ' << a.categories[object.category].name;
    for (const double side : object.box) text << ' ' << side;
    text << '\n';
  }
  return {{kFile, text.str()}};
}

}  // namespace

extern const AnnotationFormat toy{
    .name = Format("TOY"),
    .layout = "toy.txt",
    .loses = "Masks, Crowd, Ignore, Attributes, Keypoints, Objects, UnknownKeys",
    .reader =
        dataset_folder::FormatReader{
            .recognise = recognise,
            .owns_file = [](const FolderListing&) -> dataset_folder::OwnsFile {
              return [](std::string_view path) { return path == kFile; };
            },
            .load = load,
            .label_files = false,
        },
    .writer =
        annotations::FormatWriter{
            .loss = loss,
            .keeps = keeps,
            .needs_size = false,
            .dataset_files = dataset_files,
        },
};

}  // namespace visionops::formats
