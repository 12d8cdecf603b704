// Pascal VOC: an XML file of boxes for each image.
#include "worker/dataset/formats/voc/voc.h"

#include "worker/dataset/folder/image_finder.h"
#include "worker/dataset/formats/format.h"

namespace visionops::formats {

namespace {

using annotations::Annotations;
using annotations::WriteOptions;

/// "JPEGImages/train/a.jpg" -> "Annotations/train/a.xml"
std::string path_of(std::string_view image_path) {
  const auto path = dataset_folder::replaced_folder(image_path, {"JPEGImages", "images"}, "Annotations");
  return std::string(dataset_folder::without_suffix(path)) + ".xml";
}

std::string text_of(const Annotations& a, std::uint32_t image, std::span<const std::uint32_t> objects,
                    const WriteOptions&) {
  return voc::write_voc(a, image, objects);
}

/// "default" is what CVAT and Datumaro call a dataset without splits.
std::string list_of(Split split) {
  const std::string name = split == Split::Train  ? "train"
                           : split == Split::Val  ? "val"
                           : split == Split::Test ? "test"
                                                  : "default";
  return "ImageSets/Main/" + name + ".txt";
}

std::vector<annotations::TextFile> dataset_files(const Annotations& a, const WriteOptions& options) {
  std::string list;
  for (const auto& image : a.images) {
    list += dataset_folder::without_suffix(dataset_folder::without_folder(image.path, {"JPEGImages", "images"}));
    list += '\n';
  }
  return {{"labelmap.txt", voc::write_labelmap(a)}, {list_of(options.split), list}};
}

constexpr annotations::ImageTextFile kDocuments{.path_of = path_of, .text_of = text_of};

}  // namespace

extern const AnnotationFormat voc{
    .name = Format("VOC"),
    .layout = "Annotations/*.xml",
    .loses = "Objects, Masks, Crowd, Ignore, Attributes, Keypoints, UnknownKeys",
    .reader =
        dataset_folder::FormatReader{
            .recognise = voc::recognise_voc,
            .owns_file = voc::voc_files,
            .load = voc::load_voc,
            .label_files = true,
            .parts = voc::voc_parts,
        },
    .writer =
        annotations::FormatWriter{
            .loss = voc::voc_loss,
            .keeps = voc::voc_keeps,
            .needs_size = false,
            .dataset_files = dataset_files,
            .image_file = &kDocuments,
            .images_folder = "JPEGImages/",
        },
};

}  // namespace visionops::formats
