#include <algorithm>
#include <cmath>

#include "worker/dataset/formats/cvat/cvat.h"
#include "worker/dataset/model/geometry_check.h"
#include "worker/dataset/model/label_files.h"

namespace visionops::cvat {

namespace {

using annotations::JsonMembers;
using annotations::XmlNode;

constexpr double kLongest = 1 << 24;  // pixels of a side

std::string line_of(const XmlNode& node) { return "line " + std::to_string(node.line); }

/// 0: not known.
std::int32_t side_of(const XmlNode& node, const char* name) {
  const auto* text = node.attribute(name);
  double side = 0;
  const bool good = text != nullptr && annotations::parse_number(*text, side) && side >= 0 && side <= kLongest &&
                    side == std::floor(side);
  return good ? static_cast<std::int32_t>(side) : 0;
}

}  // namespace

Status check_root(const XmlNode& root) {
  if (root.name == "annotations") return {};
  return invalid_error(line_of(root) + ": the root is <" + root.name + ">, not <annotations> (CVAT)");
}

CvatReader::CvatReader(dataset_folder::LoadedDataset& loaded, const dataset_folder::FolderListing& listing,
                       std::string file, annotations::Findings& findings)
    : loaded_(loaded),
      findings_(findings),
      file_(std::move(file)),
      images_(loaded, listing, file_, findings),
      top_({"images", "annotations", "categories"}) {}

Status CvatReader::take(const XmlNode& root, const XmlNode& child) {
  if (auto ours = check_root(root); !ours) return ours;
  if (child.name == "image") {
    take_image(child);
  } else if (child.name == "track") {
    take_track(child);
  } else {
    if (child.name == "meta") take_meta(child);
    top_.add(child.name, json_of(child));
  }
  return {};
}

/// The labels stand below a task, a project or a job.
void CvatReader::take_meta(const XmlNode& meta) {
  for (const auto& owner : meta.children) {
    if (const auto* labels = owner.child("labels")) take_labels(*labels);
  }
}

void CvatReader::take_labels(const XmlNode& labels) {
  for (const auto& label : labels.children) {
    const auto* name = label.child("name");
    if (name == nullptr || name->text.empty()) {
      findings_.add({"MalformedCategory", file_, line_of(label), "has no name"});
    } else if (!labels_.insert(name->text).second) {
      findings_.add({"DuplicateClassName", file_, line_of(label), annotations::quoted(name->text) + " stands before"});
    } else if (label.child("parent") == nullptr) {  // those of a skeleton are its points
      names_.of(loaded_.annotations, name->text);
    }
  }
}

void CvatReader::describe_image(const XmlNode& node, annotations::Image& image) {
  image.width = side_of(node, "width");
  image.height = side_of(node, "height");
  image.has_width = image.has_height = image.width > 0 && image.height > 0;
  JsonMembers extra = JsonMembers::of_image();
  for (const auto& [key, value] : node.attributes) {
    if (key != "id" && key != "name" && key != "width" && key != "height") extra.add_string(key, value);
  }
  image.extra = extra.text();
}

void CvatReader::take_image(const XmlNode& node) {
  const auto* name = node.attribute("name");
  const auto* subset = node.attribute("subset");
  std::vector<std::string> roots{"images/", ""};
  if (subset != nullptr) roots.insert(roots.begin() + 1, "images/" + *subset + "/");
  const auto before = loaded_.annotations.images.size();
  const auto image = images_.add(name != nullptr ? *name : std::string(), roots, line_of(node));
  if (loaded_.annotations.images.size() > before) describe_image(node, loaded_.annotations.images.back());
  if (subset != nullptr) ++subsets_[*subset];
  for (const auto& shape : node.children) take_shape(shape, image);
}

/// Of a video: its pictures are not files of the folder.
void CvatReader::take_track(const XmlNode& node) {
  for (const auto& shape : node.children) {
    findings_.add({"UnsupportedShape", file_, line_of(shape), "is of a track in a video, not of an image"});
  }
}

std::optional<std::uint32_t> CvatReader::category_of(const XmlNode& shape) {
  const auto* label = shape.attribute("label");
  if (label == nullptr || label->empty()) {
    findings_.add({"MalformedAnnotation", file_, line_of(shape), "<" + shape.name + "> has no label"});
    return std::nullopt;
  }
  if (!labels_.empty() && !labels_.contains(*label)) {
    findings_.add({"DanglingCategory", file_, line_of(shape),
                   "label " + annotations::quoted(*label) + " is not among those of <meta>"});
    return std::nullopt;
  }
  return names_.of(loaded_.annotations, *label);
}

void CvatReader::take_shape(const XmlNode& shape, std::optional<std::uint32_t> image) {
  if (!image) {
    findings_.add({"ObjectWithoutImage", file_, line_of(shape), "its image is left out"});
    return;
  }
  const auto category = category_of(shape);
  if (!category) return;
  auto& a = loaded_.annotations;
  annotations::Object object;
  object.id = static_cast<std::int64_t>(a.objects.size()) + 1;
  object.image = *image;
  object.category = *category;
  if (!read_geometry(shape, a, object, file_, findings_)) return;
  const auto attributes = attributes_of(shape, file_, findings_);
  if (!attributes.empty()) object.attributes = a.add_text(attributes);
  annotations::check_box(a, object, file_, line_of(shape), findings_);
  a.objects.push_back(object);
}

Status CvatReader::finish() {
  std::string text;
  for (const auto& [name, images] : subsets_) {
    text += (text.empty() ? "" : ", ") + name + ": " + std::to_string(images) + (images == 1 ? " image" : " images");
  }
  if (subsets_.size() > 1) {
    return invalid_error(file_ + " holds several subsets (" + text + "), and a dataset is one: export each alone");
  }
  loaded_.annotations.extra = top_.text();
  images_.report_orphans();
  return {};
}

}  // namespace visionops::cvat
